import { type Inputs, type ModelDigest, type RunId, runId, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  type Identity,
  identityNamed,
  type Named,
  namedBy,
  openRecord,
  type Places,
  type RunRecord,
} from '@sluice/record';
import { openStore, type Store } from '@sluice/store';
import { openTracker, type Tracker } from '@sluice/tracking';
import type { definition } from './definition.ts';

export type In = Inputs<(typeof definition)['inputs']>;

/** What the gate works with, beside the results. */
export interface Context {
  readonly inputs: In;
  readonly host: Host;
  readonly store: Store;
  readonly tracker: Tracker;
  readonly trackingUri: string | undefined;
  readonly record: RunRecord | undefined;
  /** What the record names; empty without one. */
  readonly named: Named;
  /** What is judged; undefined where no model is known. */
  readonly identity: Identity | undefined;
  readonly places: Places;
}

/** Where nothing names a tracking server. */
const TRACKING_FOLDER = '.sluice/tracking';

/** Opens store, tracker and record. What is given beside the record must be what the record names. */
export async function openContext(inputs: In, host: Host): Promise<Context> {
  const { workspace, env, signal } = host;
  const trackingUri = inputs['tracking-uri'] ?? env.MLFLOW_TRACKING_URI;
  const store = await openStore({ trackingUri, workspace, env, signal });
  if (store.note) host.log.info(store.note);
  const tracker = openTracker(trackingUri ?? TRACKING_FOLDER, env, { workspace, signal });
  const from = inputs.record ?? inputs['run-id'];
  const record = from === undefined ? undefined : await openIfThere(from, store, inputs.record !== undefined);
  const named = record ? namedBy(record) : {};
  const run = inputs['run-id'];
  if (run && named.runId && run !== named.runId) {
    throw new UserError(
      `run-id is ${run}, but the record is of run ${named.runId}; pass both from the same step`,
    );
  }
  return { inputs, host, store, tracker, trackingUri, record, named, ...subjectOf(inputs, named) };
}

/** A run that no step has recorded yet has no record; one that is named must be there. */
async function openIfThere(
  from: Parameters<typeof openRecord>[0],
  store: Store,
  required: boolean,
): Promise<RunRecord | undefined> {
  if (required) return openRecord(from, store);
  return (await store.list(`${from as string}/record/`)).length > 0 ? openRecord(from, store) : undefined;
}

function subjectOf(inputs: In, named: Named): { identity: Identity | undefined; places: Places } {
  const recorded = identityNamed(named);
  const given = inputs['model-digest'];
  if (given === undefined) {
    return { identity: recorded, places: placesOf(named, inputs.model) };
  }
  const identity: Identity = { model: given as ModelDigest };
  if (recorded && !('model' in recorded && recorded.model === given)) {
    const said = 'model' in recorded ? recorded.model : `the adapter ${recorded.adapter}`;
    throw new UserError(
      `model-digest is ${given}, but the record names ${said}; leave model-digest out, or pass the record of that model`,
    );
  }
  return { identity, places: placesOf(named, inputs.model) };
}

function placesOf(named: Named, model: string | undefined): Places {
  const place = model ?? named.model?.ref;
  return {
    ...(place === undefined ? {} : { model: place }),
    ...(named.baseModel?.ref === undefined ? {} : { baseModel: named.baseModel.ref }),
    ...(named.adapter?.ref === undefined ? {} : { adapter: named.adapter.ref }),
  };
}

/** The run that the decision belongs to: the one given, the record's, else a new one. */
export async function runOf({ inputs, named, tracker, host }: Context): Promise<RunId> {
  const known = inputs['run-id'] ?? named.runId;
  if (known !== undefined) return runId.parse(known);
  const { commit } = host.source;
  const run = await tracker.startRun({
    experiment: 'eval-gate',
    startedAt: host.now().getTime(),
    tags: commit === undefined ? {} : { 'sluice.commit': commit },
  });
  host.log.info(`no run was given: this is the new run ${run.runId}`);
  return runId.parse(run.runId);
}
