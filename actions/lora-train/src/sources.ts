import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, type Inputs, type ModelDigest, UserError } from '@sluice/contract';
import { readTrainingOptions, type TrainingOptions } from '@sluice/engines';
import type { Host } from '@sluice/host';
import { assertNoPickles, fileDigest, jsonDigest, modelDigest } from '@sluice/record';
import { fetchModel, type Store } from '@sluice/store';
import type { definition } from './definition.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** What a training is made from, each thing with its digest. */
export interface Sources {
  readonly engine: In['engine'];
  /** Folder of the base model on this machine. */
  readonly baseModel: string;
  readonly baseModelDigest: ModelDigest;
  /** As it was given: a path of this machine, or a reference. */
  readonly baseModelRef: string;
  readonly dataset: string;
  readonly dataVersion: Digest;
  readonly options: TrainingOptions;
  readonly hyperparametersDigest: Digest;
}

/** Finds everything that goes into the training, and names it by digest before anything is started. */
export async function findSources(
  inputs: In,
  store: Store,
  trackingUri: string,
  host: Host,
): Promise<Sources> {
  const { text, name } = await host.document(inputs.config, { input: 'config', decides: false });
  const options = readTrainingOptions(text, name);
  const dataset = resolve(host.workspace, inputs.dataset);
  if (!(await stat(dataset).catch(() => undefined))?.isFile())
    throw new UserError(
      `dataset '${inputs.dataset}' is no file. Give a JSONL file, relative to the checkout.`,
    );
  const base = await findBase(inputs, store, trackingUri, host);
  await assertNoPickles(base.folder);
  return {
    engine: inputs.engine,
    baseModel: base.folder,
    baseModelDigest: base.digest,
    baseModelRef: /^(runs|s3):\//.test(inputs['base-model']) ? inputs['base-model'] : base.folder,
    dataset,
    dataVersion: await fileDigest(dataset, host.signal),
    options,
    hyperparametersDigest: jsonDigest({ engine: inputs.engine, ...options }),
  };
}

async function findBase(
  inputs: In,
  store: Store,
  trackingUri: string,
  host: Host,
): Promise<{ folder: string; digest: ModelDigest }> {
  const { workspace, env, cacheDir, signal } = host;
  const ref = inputs['base-model'];
  const expected = inputs['base-model-digest'];
  if (expected) {
    const folder = await fetchModel(ref, expected, { store, trackingUri, workspace, env, cacheDir, signal });
    return { folder, digest: expected };
  }
  if (/^(runs:\/|s3:\/\/|oci:\/\/)/.test(ref))
    throw new UserError(
      `base-model '${ref}' needs base-model-digest: what comes from elsewhere is checked before it is used.`,
    );
  const folder = resolve(workspace, ref);
  if (!(await stat(join(folder, 'config.json')).catch(() => undefined)))
    throw new UserError(
      `base-model '${ref}' is no folder of a model on this machine (${folder} has no config.json). Models are never fetched from a hub: give the folder that save_pretrained wrote.`,
    );
  return { folder, digest: await modelDigest(folder, signal) };
}

/** One digest over all that decides what the training gives. Equal ones may share an adapter. */
export function inputsDigest(sources: Sources, environmentDigest: Digest): Digest {
  return jsonDigest({
    baseModel: sources.baseModelDigest,
    data: sources.dataVersion,
    hyperparameters: sources.hyperparametersDigest,
    environment: environmentDigest,
  });
}
