import { type Completed, completed, openRollout, type RolloutState } from '../state/state.ts';
import { closeRolledBack, type SetWeight, setWeight } from './step.ts';

/** What a rollback changes. `reverted: false`: the state does not hold that run, nothing is to be done. */
export interface Reverted {
  readonly reverted: boolean;
  readonly state: RolloutState;
  readonly actions: readonly SetWeight[];
  /** What serves everybody afterwards; nothing where no version ever completed here. */
  readonly restored: Completed | undefined;
  readonly reason: string;
}

/**
 * Takes a run back, whether it is on its way or was promoted last. Write the state before the actions. Repeating it finishes a
 * half-done one: the same run again gives the same state and the same move.
 */
export function revert(state: RolloutState, runId: string, reason: string, now: number): Reverted {
  const { rollout } = state;
  if (rollout?.runId !== runId) {
    const held = rollout ? `holds run ${rollout.runId}` : 'holds no rollout';
    return { reverted: false, state, actions: [], restored: completed(state), reason: `the state ${held}` };
  }
  const toZero = [setWeight(rollout.candidate, 0)];
  if (rollout.phase === 'rolled-back')
    return {
      reverted: true,
      state,
      actions: toZero,
      restored: completed(state),
      reason: `it was already taken back: ${rollout.closed?.reason}`,
    };
  const share = openRollout(state) ? rollout.weight : 100;
  const next = closeRolledBack(state, rollout, share, reason, now);
  return { reverted: true, state: next, actions: toZero, restored: completed(next), reason };
}
