import {
  type CanaryDecision,
  type Digest,
  type ImageRef,
  type Inputs,
  type RecordRef,
  splitRecordRef,
} from '@sluice/contract';
import type { Host } from '@sluice/host';
import { appendStatement, canaryStatement } from '@sluice/record';
import { metricsOf, type Rollout } from '@sluice/rollout';
import type { Store } from '@sluice/store';
import { definition } from './definition.ts';
import { recordedIdentity } from './proof.ts';
import { VERSION } from './version.ts';

/** Appends what this tick decided to the run's record; gives the record with it. */
export async function stated(
  {
    inputs,
    host,
    store,
  }: { readonly inputs: Inputs<(typeof definition)['inputs']>; readonly host: Host; readonly store: Store },
  rollout: Rollout,
  decision: CanaryDecision,
  reason: string,
): Promise<RecordRef> {
  const prior = inputs.record ?? (rollout.record === 'none' ? undefined : (rollout.record as RecordRef));
  const { invocation, repository, commit, ref } = host.source;
  const statement = canaryStatement({
    runId: rollout.runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    at: host.now(),
    identity: recordedIdentity(rollout.identity),
    ...(rollout.image === 'none' ? {} : { image: rollout.image as ImageRef }),
    target: inputs.target,
    router: inputs.router,
    decision,
    stage: rollout.stage + 1,
    weight: rollout.weight,
    reason,
    policyDigest: rollout.policyDigest as Digest,
    ...(prior ? { recordDigest: splitRecordRef(prior).digest } : {}),
    metrics: metricsOf(rollout.totals.candidate),
  });
  const { ref: record } = await appendStatement(store, rollout.runId, statement, { prior });
  return record;
}
