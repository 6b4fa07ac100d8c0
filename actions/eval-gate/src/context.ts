import type { KeyObject } from 'node:crypto';
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
  readSigningKey,
  readTrustedKeys,
} from '@sluice/record';
import { openStore, type Store } from '@sluice/store';
import { type HistoryTarget, openTracker, type Tracker } from '@sluice/tracking';
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
  /** Where the figures of each version are kept. */
  readonly targets: readonly HistoryTarget[];
  /** Signs the decision. */
  readonly key: KeyObject | undefined;
  /** Whose decisions are believed; undefined: those of everybody who can write to the store. */
  readonly trusted: readonly KeyObject[] | undefined;
}

/** Where nothing names a tracking server. */
const TRACKING_FOLDER = '.sluice/tracking';

/** Opens store, tracker and record. What is given beside the record must be what the record names. */
export async function openContext(inputs: In, host: Host): Promise<Context> {
  const { workspace, env, signal } = host;
  const trackingUri = inputs['tracking-uri'] ?? env.MLFLOW_TRACKING_URI;
  const store = await openStore({ trackingUri, workspace, env, signal });
  if (store.note) host.log.info(store.note);
  const tracker = openTracker(trackingUri ?? TRACKING_FOLDER, env, host);
  const targets =
    inputs.history === undefined
      ? []
      : (await import('./history-targets.ts')).historyOf(inputs.history, host);
  const key = await readSigningKey(inputs['signing-key'], host);
  const trusted = await readTrustedKeys(inputs['trusted-keys'], host);
  const record = await recordOf(inputs, store, trusted);
  const named = record ? namedBy(record) : {};
  const run = inputs['run-id'];
  if (run && named.runId && run !== named.runId) {
    throw new UserError(
      `run-id is ${run}, but the record is of run ${named.runId}; pass both from the same step`,
    );
  }
  const subject = subjectOf(inputs, named);
  return { inputs, host, store, tracker, trackingUri, record, named, targets, key, trusted, ...subject };
}

/** A run that no step has recorded yet has no record; one that is named must be there. */
async function recordOf(
  inputs: In,
  store: Store,
  trusted: readonly KeyObject[] | undefined,
): Promise<RunRecord | undefined> {
  if (inputs.record) return openRecord(inputs.record, store, { trusted });
  const run = inputs['run-id'];
  if (run === undefined || (await store.list(`${run}/record/`)).length === 0) return undefined;
  return openRecord(run, store, { trusted });
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

/** The run that the decision belongs to, and whether it was begun here. */
export interface OwnRun {
  readonly id: RunId;
  readonly begun: boolean;
}

/** The run given, the record's, else a new one. */
export async function runOf({ inputs, named, tracker, host }: Context): Promise<OwnRun> {
  const known = inputs['run-id'] ?? named.runId;
  if (known !== undefined) return { id: runId.parse(known), begun: false };
  const { commit } = host.source;
  const run = await tracker.startRun({
    experiment: 'eval-gate',
    startedAt: host.now().getTime(),
    tags: commit === undefined ? {} : { 'sluice.commit': commit },
  });
  host.log.info(`no run was given: this is the new run ${run.runId}`);
  return { id: runId.parse(run.runId), begun: true };
}
