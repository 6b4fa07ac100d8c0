import type { Inputs, RecordRef } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { appendStatement, type Identity, type RecordStore, rollbackStatement } from '@sluice/record';
import type { Rollout } from '@sluice/rollout';
import { definition } from './definition.ts';
import type { Round } from './run.ts';
import { VERSION } from './version.ts';

const recorded = ({ identity }: Rollout): Identity =>
  ('model' in identity
    ? { model: identity.model }
    : { baseModel: identity.base, adapter: identity.adapter }) as Identity;

/** Appends what was taken back, and how it was proven, to the record of the run that lost its users. */
export async function stated(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  store: RecordStore,
  { rollout, restored, verified, durationMs }: Round,
): Promise<RecordRef> {
  const r = rollout as Rollout;
  const { invocation, repository, commit, ref } = host.source;
  const statement = rollbackStatement({
    runId: r.runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    at: host.now(),
    identity: recorded(r),
    target: inputs.target,
    router: inputs.router,
    rolledBack: true,
    verified: verified?.ok === true,
    drill: inputs.drill,
    reason: inputs.reason,
    fromVersion: r.version,
    ...(restored ? { toVersion: restored.version, restoredRunId: restored.runId } : {}),
    durationMs,
  });
  const prior = inputs.record ?? (r.record === 'none' ? undefined : (r.record as RecordRef));
  return (await appendStatement(store, r.runId, statement, { prior })).ref;
}
