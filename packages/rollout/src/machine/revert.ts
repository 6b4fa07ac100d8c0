import { otherSlot } from '../observations/minute.ts';
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
 * Takes a run back, whether it is on its way, was promoted last, or is live while a later one was taken back. Write the state
 * before the actions. Repeating it finishes a half-done one: the same run again gives the same state and the same move.
 */
export function revert(state: RolloutState, runId: string, reason: string, now: number): Reverted {
  const { rollout } = state;
  if (rollout?.runId !== runId) return revertLive(state, runId, reason, now);
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

/**
 * Takes back a live run whose own slot goes back to the version before, as a workload that is undone does: the users stay in the slot, and
 * nobody goes to the one beside it, which may be gone. A run that is not live is reverted as ever.
 */
export function revertInPlace(state: RolloutState, runId: string, reason: string, now: number): Reverted {
  const { rollout, history } = state;
  const live = completed(state);
  const own = rollout?.runId === runId && (rollout.phase === 'complete' || rollout.phase === 'watched');
  if (live?.runId !== runId || !(own || liveBeside(state, runId))) return revert(state, runId, reason, now);
  const next: RolloutState = {
    ...state,
    history: history.map((h) => (h === live ? { ...h, revertedAt: now } : h)),
    rollout: null,
    lease: null,
  };
  return { reverted: true, state: next, actions: [], restored: completed(next), reason };
}

/** Whether `runId` is live although the last rollout was another's, which was taken back, or no rollout is kept any more. */
export function liveBeside(state: RolloutState, runId: string): boolean {
  const { rollout } = state;
  return (
    completed(state)?.runId === runId &&
    (rollout === null || (rollout.runId !== runId && rollout.phase === 'rolled-back'))
  );
}

/** Nothing is left of the later rollout: its slot is the live one now. */
function revertLive(state: RolloutState, runId: string, reason: string, now: number): Reverted {
  const { rollout, history } = state;
  const last = history.at(-1);
  if (rollout === null && last?.runId === runId && last.revertedAt !== undefined)
    return {
      reverted: true,
      state,
      actions: [setWeight(otherSlot(state.live), 0)],
      restored: completed(state),
      reason: 'it was already taken back',
    };
  const held = rollout ? `holds run ${rollout.runId}` : 'holds no rollout';
  if (!liveBeside(state, runId))
    return { reverted: false, state, actions: [], restored: completed(state), reason: `the state ${held}` };
  const next: RolloutState = {
    ...state,
    live: otherSlot(state.live),
    history: history.map((h) => (h === completed(state) ? { ...h, revertedAt: now } : h)),
    rollout: null,
    lease: null,
  };
  return {
    reverted: true,
    state: next,
    actions: [setWeight(state.live, 0)],
    restored: completed(next),
    reason,
  };
}
