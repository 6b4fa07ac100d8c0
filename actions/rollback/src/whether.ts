import { type Inputs, UserError } from '@sluice/contract';
import { completed, leaseExpired, liveBeside, openRollout, type RolloutState } from '@sluice/rollout';
import type { definition } from './definition.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** Methods that let users reach another version. */
const MOVES: readonly string[] = ['traffic', 'rollout-undo', 'gitops'];

/** The slot itself goes back, and its users stay in it. */
export const inPlace = (method: In['method']): boolean =>
  method.includes('rollout-undo') && !method.includes('traffic');

/**
 * An alias that names the old version while users are at the new one would be a lie.
 * @throws UserError where nothing in the list moves users who are still there, or an input of a method is missing
 */
export function checkMethod(inputs: In, { rollout }: RolloutState): void {
  const { method } = inputs;
  const taken = rollout?.phase === 'rolled-back' && rollout.runId === inputs['run-id'];
  if (method.length === 0 || (!taken && !method.some((one) => MOVES.includes(one))))
    throw new UserError(
      `method is ${method.join(',') || 'empty'}: without traffic, rollout-undo or gitops the users stay where they are; allowed: traffic, or traffic,${method.filter((m) => m !== 'traffic').join(',') || 'registry-alias'}`,
    );
  if (new Set(method).size < method.length)
    throw new UserError(`method is ${method.join(',')}: each of them once, in the order they are done in`);
  if (method.includes('rollout-undo') && inputs.deployment === undefined)
    throw new UserError(
      'method rollout-undo needs deployment: <namespace>/deployment/<name> (or statefulset, daemonset)',
    );
  if (method.includes('gitops') && inputs.gitops === undefined && inputs.router !== 'argo-cd')
    throw new UserError('method gitops needs gitops: <repository>#<branch>:<file>:<yaml path>');
}

/** Why there is nothing to do; that is no failure. */
export function whyNot(state: RolloutState, inputs: In, run: string, now: Date): string | undefined {
  const { rollout } = state;
  const beside = liveBeside(state, run);
  const again = rollout === null && state.history.at(-1)?.runId === run;
  if (rollout?.runId !== run && !beside && !again) {
    const held = `${inputs.target} holds ${rollout ? `run ${rollout.runId}` : 'no rollout'}, not run ${run}`;
    return completed(state)?.runId === run && rollout
      ? `${held}. Run ${run} is live, and ${rollout.version} is on its way (${rollout.phase}, ${rollout.weight} %): take that one back first`
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
