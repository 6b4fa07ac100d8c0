import type { CanaryDecision, Outputs } from '@sluice/contract';
import type { Outcome } from '@sluice/host';
import type { Step } from '@sluice/rollout';
import { keepThroughRestart } from '@sluice/steering';
import type { definition } from './definition.ts';
import { moveAlias } from './promote.ts';
import type { Scene } from './scene.ts';
import { reportOf } from './show.ts';
import { stated } from './statement.ts';

type Out = Outputs<(typeof definition)['outputs']>;
type Result = Outcome<(typeof definition)['outputs']>;

/** Decisions that are no approval; `hold`, `paused` and `none` are no failures either. */
const REFUSED: readonly CanaryDecision[] = ['rollback', 'undecided'];

/** Nothing was begun and nothing moved. */
export function refuse(scene: Scene, reason: string, always: boolean): Promise<Result> {
  return finish(
    scene,
    { decision: 'none', reason, nextCheck: null },
    { refused: reason, ...(always ? { always } : {}) },
  );
}

/** Everything after the decision: registry, restart file, statement, report, outputs. */
export async function finish(
  scene: Scene,
  { decision, reason, nextCheck }: Pick<Step, 'decision' | 'reason' | 'nextCheck'>,
  refusal: Pick<Result, 'refused' | 'always'> = REFUSED.includes(decision) ? { refused: reason } : {},
): Promise<Result> {
  const { inputs, host, router, place } = scene;
  const { state } = await place.read();
  const { rollout } = state;
  const ours =
    rollout && (inputs['run-id'] === undefined || inputs['run-id'] === rollout.runId) ? rollout : null;
  let record = ours?.record ?? 'none';
  if (ours && !inputs['dry-run'] && decision !== 'none') {
    if (decision === 'complete') await moveAlias(inputs, ours, host);
    if (decision === 'complete' || decision === 'rollback')
      await keepThroughRestart(router, inputs.target, state.live, host.signal);
    record = await stated(scene, ours, decision, reason);
  }
  const outputs: Out = {
    decision,
    stage: ours ? ours.stage + 1 : 0,
    weight: ours?.weight ?? 0,
    reason,
    deploy: decision === 'complete',
    'next-check': nextCheck === null ? 'none' : new Date(Math.ceil(nextCheck / 1000) * 1000),
    'exposed-requests': ours?.exposed ?? 0,
    state: place.where,
    report: await host.publish(reportOf({ decision, reason, state, inputs, nextCheck }), {
      comment: 'canary',
    }),
    'run-id': (ours?.runId ?? inputs['run-id'] ?? 'none') as Out['run-id'],
    record: record as Out['record'],
  };
  return { outputs, sentence: `${decision}: ${reason}`, ...refusal };
}
