import { inWords } from '@sluice/contract';
import type { Judge } from '../judge/judge.ts';
import { type Evidence, judgeOf } from '../judge/of-policy.ts';
import { type Plan, parsePlan } from '../plan/plan.ts';
import { closedWindow } from '../policy/window.ts';
import type { Rollout } from '../state/state.ts';
import { soaked } from './learn.ts';

/**
 * Why the next stage (or the promotion) must wait; nothing where it may begin. A person's approval stands in for too few
 * requests, for a fault that could not have been found yet and for one that nothing beside it confirms, never for the soak.
 */
export function notYet(
  rollout: Rollout,
  plan: Plan,
  judge: Judge<Evidence>,
  now: number,
): string | undefined {
  const next = rollout.stage + 1;
  const approved = rollout.approvals.some((a) => a.stage === next);
  const stage = plan[rollout.stage];
  const doubt = approved ? undefined : judge.doubt(rollout.evidence, stageLength(rollout));
  if (doubt !== undefined) return doubt;
  if (stage) {
    const left = stage.soakMs - soaked(rollout);
    if (left > 0) return `soaking: ${inWords(left)} left at ${rollout.weight} %`;
    const served = rollout.stages.at(-1)?.requests ?? 0;
    const wanted = rollout.policy['min-requests'];
    if (!approved && served < wanted)
      return `the candidate served ${served} requests in this stage, ${wanted} are needed`;
  }
  if (!approved && stage && next === plan.length - 1) {
    const unproven = judge.unproven(rollout.evidence);
    if (unproven !== undefined) return unproven;
  }
  if (!approved && asks(rollout, next, plan.length)) {
    const what = next === plan.length ? 'the promotion' : `stage ${next + 1}`;
    return `${what} waits for a person: command approve`;
  }
  const window = next < plan.length ? closedWindow(rollout.policy.windows, now) : undefined;
  return window === undefined ? undefined : `the window '${window}' allows no move now`;
}

/** What a person should look at, since nothing can be laid to the candidate alone; nothing where all is well. */
export const doubtOf = (rollout: Rollout): string | undefined =>
  judgeOf(rollout.policy, parsePlan(rollout.plan)).doubt(rollout.evidence, stageLength(rollout));

/** Since when the current stage has been, ms of metric time. */
const stageLength = ({ stages, through }: Rollout): number =>
  Math.max(0, (through ?? 0) - (stages.at(-1)?.start ?? through ?? 0));

function asks({ policy }: Rollout, next: number, stages: number): boolean {
  if (policy.approval === 'every-stage') return true;
  return policy.approval === 'last-stage' && next >= stages - 1 && next < stages;
}
