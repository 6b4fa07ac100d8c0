import type { KeyObject } from 'node:crypto';
import type { Digest, RecordRef } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { appendStatement, trainingStatement } from '@sluice/record';
import type { PutModel, Store } from '@sluice/store';
import { definition } from './definition.ts';
import type { Sources } from './sources.ts';
import { VERSION } from './version.ts';

/** Appends what was trained from what to the run's record; gives the record with it. */
export async function stated(
  runId: string,
  sources: Sources,
  made: {
    readonly adapter: PutModel;
    readonly environmentDigest: Digest;
    readonly startedAt: Date;
    readonly metrics: Readonly<Record<string, number>>;
  },
  {
    store,
    host,
    prior,
    key,
  }: {
    readonly store: Store;
    readonly host: Host;
    readonly prior: RecordRef | undefined;
    readonly key: KeyObject | undefined;
  },
): Promise<RecordRef> {
  const { invocation, repository, commit, ref } = host.source;
  const statement = trainingStatement({
    runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    startedAt: made.startedAt,
    finishedAt: host.now(),
    adapter: made.adapter.digest,
    adapterRef: made.adapter.ref,
    baseModel: sources.baseModelDigest,
    baseModelRef: sources.baseModelRef,
    dataVersion: sources.dataVersion,
    hyperparametersDigest: sources.hyperparametersDigest,
    environmentDigest: made.environmentDigest,
    engine: sources.engine,
    metrics: made.metrics,
  });
  return (await appendStatement(store, runId, statement, { prior, key })).ref;
}
