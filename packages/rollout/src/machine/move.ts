import { duration } from '@sluice/contract';
import { metricsOf, NOTHING } from '../judge/totals.ts';
import type { Plan, Stage } from '../plan/plan.ts';
import type { Completed, Rollout, RolloutState } from '../state/state.ts';
import { holdbackPercent, rateOf } from './holdback.ts';
import { type Step, setWeight } from './step.ts';

/** The next stage of the plan, timed from `clock` (metric source). */
export function enterStage(rollout: Rollout, plan: Plan, share: number, clock: number, now: number): Rollout {
  const stage = plan[rollout.stage + 1] as Stage;
  const holdback = stage.percent === 100 ? holdbackPercent(rollout.policy, rateOf(rollout)) : 0;
  return {
    ...rollout,
    phase: 'running',
    stage: rollout.stage + 1,
    weight: stage.percent - holdback,
    pending: { from: share },
    heldSince: now,
    stages: [...rollout.stages, { start: clock, lost: 0, requests: 0 }],
    quiet: 0,
    alone: 0,
    totals: { live: NOTHING, candidate: NOTHING },
  };
}

/** The candidate becomes live: the slots swap their roles, the history grows. */
export function promote(state: RolloutState, rollout: Rollout, share: number, now: number): Step {
  const { runId, version, image, record } = rollout;
  const entry: Completed = {
    runId,
    version,
    image,
    record,
    metrics: metricsOf(rollout.totals.candidate),
    completedAt: now,
  };
  const watch = duration.parse(rollout.policy.watch);
  const reason = `every stage of ${rollout.plan} soaked without an alarm`;
  const next: Rollout =
    watch > 0
      ? { ...rollout, phase: 'watched', promotedAt: now }
      : {
          ...rollout,
          phase: 'complete',
          promotedAt: now,
          weight: 100,
          pending: share < 100 ? { from: share } : null,
          closed: { at: now, reason },
        };
  return {
    decision: 'complete',
    state: {
      ...state,
      live: rollout.candidate,
      history: [...state.history, entry],
      rollout: next,
      lease: watch > 0 ? { owner: runId, expires: now + duration.parse(rollout.policy.lease) } : null,
    },
    actions: watch > 0 || share >= 100 ? [] : [setWeight(rollout.candidate, 100)],
    reason,
    nextCheck: watch > 0 ? now + duration.parse(rollout.policy.interval) : null,
  };
}
