import type { KeyObject } from 'node:crypto';
import { type ImageRef, type Inputs, imageRef, type RecordRef, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { PushedImage } from '@sluice/images';
import { appendStatement, imageStatement, type RecordStore } from '@sluice/record';
import type { definition } from './definition.ts';
import type { Approved } from './proof.ts';
import { VERSION } from './version.ts';

/** What is stated, and with which key it is signed. */
export interface Made {
  readonly proof: Approved;
  readonly pushed: PushedImage;
  readonly startedAt: Date;
  readonly key: KeyObject | undefined;
}

/** Appends what is in the image, by the digest that the registry gave back, to the run's record. */
export async function stated(
  inputs: Inputs<(typeof definition)['inputs']>,
  { proof, pushed: { image }, startedAt, key }: Made,
  store: RecordStore,
  host: Host,
): Promise<RecordRef> {
  const { invocation, repository, commit, ref } = host.source;
  const baseImage = byDigest(inputs['base-image']);
  const statement = imageStatement({
    runId: proof.runId,
    maker: { action: 'build-vllm-image', version: VERSION, invocation, repository, commit, ref },
    startedAt,
    finishedAt: host.now(),
    image,
    identity: proof.identity,
    ...(baseImage ? { baseImage } : {}),
    version: version.format(proof.version),
    serveEngine: inputs['serve-engine'],
  });
  return (await appendStatement(store, proof.runId, statement, { prior: proof.record, key })).ref;
}

/** A base image that is named by a tag can be another one tomorrow; it proves nothing. */
function byDigest(image: string): ImageRef | undefined {
  return /@sha256:[0-9a-f]{64}$/.test(image) ? imageRef.parse(image) : undefined;
}
