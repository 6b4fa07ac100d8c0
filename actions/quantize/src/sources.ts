import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, type Inputs, type ModelDigest, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  assertNoPickles,
  fileDigest,
  type Identity,
  modelDigest,
  type Named,
  namedBy,
  openRecord,
} from '@sluice/record';
import { fetchModel, type Store } from '@sluice/store';
import type { definition } from './definition.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** A model's folder on this machine, its digest just computed. */
interface Found {
  readonly folder: string;
  readonly digest: ModelDigest;
  readonly ref: string;
}

/** What is quantized: a whole model, or an adapter on its base model. */
export interface Sources {
  /** The run it belongs to; undefined: one has to be begun. */
  readonly runId: string | undefined;
  readonly model: Found;
  /** Merged into `model`, which is its base model then. */
  readonly adapter: Found | undefined;
  readonly identity: Identity;
  readonly calibration: { readonly file: string; readonly digest: Digest } | undefined;
}

/** Where models are looked for. */
interface Places {
  readonly store: Store;
  readonly trackingUri: string;
  readonly host: Host;
}

/** Finds what is to be quantized: what is given, else what the record of the run names. */
export async function findSources(inputs: In, places: Places): Promise<Sources> {
  if (inputs['max-score-drop'] !== undefined && inputs['calibration-data'] === undefined)
    throw new UserError('max-score-drop needs calibration-data: without data no score can be measured.');
  if (inputs.model && (inputs.adapter || inputs['base-model']))
    throw new UserError(
      'model is a whole model; adapter and base-model are given too. Give model alone, or the other two.',
    );
  const named = await recordOf(inputs, places.store);
  const run = inputs['run-id'] ?? named.runId;
  if (named.runId !== undefined && named.runId !== run)
    throw new UserError(
      `run-id is ${run}, but the record is of run ${named.runId}. Pass both from the same step.`,
    );
  const calibration = await calibrationOf(inputs, places.host);
  if (inputs.model) {
    const model = await find('model', inputs.model, inputs['model-digest'], places);
    return { runId: run, model, adapter: undefined, identity: { model: model.digest }, calibration };
  }
  const adapter = await find(
    'adapter',
    inputs.adapter ?? named.adapter?.ref,
    inputs['adapter-digest'] ?? named.adapter?.digest,
    places,
  );
  const base = await find(
    'base-model',
    inputs['base-model'] ?? named.baseModel?.ref,
    inputs['base-model-digest'] ?? named.baseModel?.digest,
    places,
  );
  return {
    runId: run,
    model: base,
    adapter,
    identity: { baseModel: base.digest, adapter: adapter.digest },
    calibration,
  };
}

async function recordOf(inputs: In, store: Store): Promise<Named> {
  const from = inputs.record ?? (inputs.model || inputs.adapter ? undefined : inputs['run-id']);
  return from === undefined ? {} : namedBy(await openRecord(from, store));
}

async function find(
  input: 'model' | 'adapter' | 'base-model',
  ref: string | undefined,
  digest: ModelDigest | undefined,
  { store, trackingUri, host }: Places,
): Promise<Found> {
  if (ref === undefined)
    throw new UserError(
      `There is nothing to quantize: no ${input}. Give model, or adapter and base-model, or the record of a run that has them.`,
    );
  const { workspace, env, cacheDir, signal } = host;
  const mark = input === 'adapter' ? 'adapter_config.json' : 'config.json';
  if (digest === undefined) {
    if (/^(runs:\/|s3:\/\/|oci:\/\/)/.test(ref))
      throw new UserError(
        `${input} '${ref}' needs ${input}-digest: what comes from elsewhere is checked before it is used.`,
      );
    const folder = resolve(workspace, ref);
    if (!(await stat(join(folder, mark)).catch(() => undefined)))
      throw new UserError(
        `${input} '${ref}' is no folder of this machine with a ${mark}. Models are never fetched from a hub.`,
      );
    await assertNoPickles(folder);
    return { folder, digest: await modelDigest(folder, signal), ref: folder };
  }
  const folder = await fetchModel(ref, digest, { store, trackingUri, workspace, env, cacheDir, signal });
  await assertNoPickles(folder);
  return { folder, digest, ref };
}

async function calibrationOf(inputs: In, host: Host): Promise<Sources['calibration']> {
  const given = inputs['calibration-data'];
  if (given === undefined) return undefined;
  const file = resolve(host.workspace, given);
  if (!(await stat(file).catch(() => undefined))?.isFile())
    throw new UserError(
      `calibration-data '${given}' is no file. Give a JSONL file, relative to the checkout.`,
    );
  return { file, digest: await fileDigest(file, host.signal) };
}
