import { type Inputs, UserError } from '@sluice/contract';
import { completed, leaseExpired, openRollout, type RolloutState } from '@sluice/rollout';
import type { definition } from './definition.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** An alias that names the old version while users are at the new one would be a lie. */
export function checkMethod({ method }: In): void {
  if (!method.includes('traffic'))
    throw new UserError(
      `method is ${method.join(',') || 'empty'}: without traffic the users stay where they are; allowed: traffic, or traffic,registry-alias`,
    );
}

/** Why there is nothing to do; that is no failure. */
export function whyNot(state: RolloutState, inputs: In, now: Date): string | undefined {
  const { rollout } = state;
  const run = inputs['run-id'];
  if (rollout?.runId !== run) {
    const held = `${inputs.target} holds ${rollout ? `run ${rollout.runId}` : 'no rollout'}, not run ${run}`;
    return completed(state)?.runId === run && rollout
      ? `${held}. Run ${run} is live, but the other slot was given to ${rollout.version} (${rollout.phase}), so no earlier version is warm: deploy one anew, with canary-step`
      : held;
  }
  if (inputs.when === 'lease-expired' && !leaseExpired(state, now.getTime())) {
    return openRollout(state)
      ? `the ticks of run ${run} are still coming`
      : `the rollout of run ${run} is over`;
  }
  return undefined;
}

/** Two slots hold two versions: traffic can only go to the one that is still warm. */
export function checkTo(to: string, state: RolloutState, runId: string): void {
  const before = state.history.filter((h) => h.runId !== runId && h.revertedAt === undefined).at(-1);
  if (to === 'previous' || to === before?.runId || to === before?.version) return;
  throw new UserError(
    `to is '${to}', but the other slot holds ${before ? `${before.version} of run ${before.runId}` : 'a version that never completed a rollout'}; ` +
      'allowed: previous, or that run or version. Another one is deployed anew, with canary-step',
  );
}
