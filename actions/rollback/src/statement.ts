import type { Inputs, RecordRef } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { appendStatement, type Identity, type RecordStore, rollbackStatement } from '@sluice/record';
import type { Rollout } from '@sluice/rollout';
import { definition } from './definition.ts';
import type { Round } from './round.ts';
import { VERSION } from './version.ts';

const recorded = ({ identity }: Rollout): Identity =>
  ('model' in identity
    ? { model: identity.model }
    : { baseModel: identity.base, adapter: identity.adapter }) as Identity;

/**
 * Appends what was taken back, and how it was proven, to the record of the run that lost its users. A rollout that was started
 * unproven has no identity that a statement could be about.
 */
export async function stated(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  store: RecordStore,
  rollout: Rollout,
  { restored, verified, durationMs }: Round,
): Promise<RecordRef | undefined> {
  if (rollout.record === 'none') return undefined;
  const { invocation, repository, commit, ref } = host.source;
  const statement = rollbackStatement({
    runId: rollout.runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    at: host.now(),
    identity: recorded(rollout),
    target: inputs.target,
    router: inputs.router,
    rolledBack: true,
    verified: verified?.ok === true,
    drill: inputs.drill,
    reason: inputs.reason,
    fromVersion: rollout.version,
    ...(restored ? { toVersion: restored.version, restoredRunId: restored.runId } : {}),
    durationMs,
  });
  const prior = inputs.record ?? (rollout.record as RecordRef);
  return (await appendStatement(store, rollout.runId, statement, { prior })).ref;
}
