import type { KeyObject } from 'node:crypto';
import type { Inputs, RecordRef } from '@sluice/contract';
import type { Host } from '@sluice/host';
import {
  appendStatement,
  type Identity,
  identityNamed,
  namedBy,
  openRecord,
  type RecordStore,
  rollbackStatement,
} from '@sluice/record';
import type { RolloutState } from '@sluice/rollout';
import { definition } from './definition.ts';
import type { From, Round } from './round.ts';
import { VERSION } from './version.ts';

/** What was rolled out: as the state has it, else as the record of a run says that the state holds no more. */
async function identityOf(
  from: From,
  { rollout }: RolloutState,
  store: RecordStore,
): Promise<Identity | undefined> {
  if (rollout?.runId !== from.runId)
    return identityNamed(namedBy(await openRecord(from.record as RecordRef, store)));
  const { identity } = rollout;
  return (
    'model' in identity ? { model: identity.model } : { baseModel: identity.base, adapter: identity.adapter }
  ) as Identity;
}

/**
 * Appends what was taken back, and how it was proven, to the record of the run that lost its users. A rollout that was started
 * unproven has no identity that a statement could be about.
 */
export async function stated(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { store, key }: { readonly store: RecordStore; readonly key: KeyObject | undefined },
  state: RolloutState,
  from: From,
  { rolledBack, restored, verified, durationMs }: Round,
): Promise<RecordRef | undefined> {
  if (from.record === 'none') return undefined;
  const identity = await identityOf(from, state, store);
  if (!identity) return undefined;
  const { invocation, repository, commit, ref } = host.source;
  const statement = rollbackStatement({
    runId: from.runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    // a runner whose clock is behind that of the one that began the rollout states nothing from before it
    at: new Date(
      Math.max(host.now().getTime(), state.rollout?.runId === from.runId ? state.rollout.begunAt : 0),
    ),
    identity,
    target: inputs.target,
    router: inputs.router,
    rolledBack,
    verified: verified?.ok === true,
    drill: inputs.drill,
    reason: inputs.reason,
    fromVersion: from.version,
    ...(restored ? { toVersion: restored.version, restoredRunId: restored.runId } : {}),
    durationMs,
  });
  const prior = inputs.record ?? (from.record as RecordRef);
  return (await appendStatement(store, from.runId, statement, { prior, key })).ref;
}
