import {
  type CanaryDecision,
  type Digest,
  type ImageRef,
  type RecordRef,
  splitRecordRef,
} from '@sluice/contract';
import {
  appendStatement,
  CANARY,
  type CanaryPredicate,
  canaryStatement,
  openRecord,
  ROLLBACK,
  type RollbackPredicate,
  recordFolder,
} from '@sluice/record';
import { metricsOf, type Rollout } from '@sluice/rollout';
import { definition } from './definition.ts';
import { recordedIdentity } from './proof.ts';
import type { Scene } from './scene.ts';
import { VERSION } from './version.ts';

/**
 * Appends what was decided to the run's record; gives the record with it. An unproven rollout has no record and no identity that a
 * statement could be about.
 */
export async function stated(
  { inputs, host, store, key }: Scene,
  rollout: Rollout,
  decision: CanaryDecision,
  reason: string,
): Promise<RecordRef | undefined> {
  if (rollout.record === 'none') return undefined;
  const given = inputs['run-id'] === rollout.runId ? inputs.record : undefined;
  const prior = given ?? (rollout.record as RecordRef);
  const { invocation, repository, commit, ref } = host.source;
  const statement = canaryStatement({
    runId: rollout.runId,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    // a runner whose clock is behind that of the one that began it states nothing from before
    at: new Date(Math.max(host.now().getTime(), rollout.begunAt)),
    identity: recordedIdentity(rollout.identity),
    ...(rollout.image === 'none' ? {} : { image: rollout.image as ImageRef }),
    target: inputs.target,
    router: inputs.router,
    decision,
    stage: rollout.stage + 1,
    weight: rollout.weight,
    reason,
    policyDigest: rollout.policyDigest as Digest,
    recordDigest: splitRecordRef(prior).digest,
    metrics: metricsOf(rollout.totals.candidate),
  });
  const { ref: record } = await appendStatement(store, rollout.runId, statement, { prior, key });
  return record;
}

/** Whether the run's record says that this rollout came to where it stands; one without a record has nothing to say. */
export async function recorded(
  { store }: Scene,
  rollout: Rollout,
  decision: CanaryDecision,
): Promise<boolean> {
  if (rollout.record === 'none') return true;
  if ((await store.list(`${recordFolder(rollout.runId)}/`)).length === 0) return false;
  const { statements } = await openRecord(rollout.runId, store);
  return statements.some(({ statement: { predicateType, predicate } }) => {
    if (predicateType === ROLLBACK && decision === 'rollback') {
      const said = predicate as RollbackPredicate;
      return said.rolled_back && !said.drill && Date.parse(said.at) >= rollout.begunAt;
    }
    if (predicateType !== CANARY) return false;
    const said = predicate as CanaryPredicate;
    if (said.decision !== decision || Date.parse(said.at) < rollout.begunAt) return false;
    return decision !== 'advance' || said.stage === rollout.stage + 1;
  });
}
