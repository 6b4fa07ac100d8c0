import { duration } from '@sluice/contract';
import { openRollout, type Rollout, type RolloutState } from '../state/state.ts';
import { closeRolledBack, type Step, setWeight } from './step.ts';

/** Who gave a command and why, kept in the state. */
export interface Order {
  readonly by: string;
  readonly reason: string;
}

const nothing = (state: RolloutState): Step => ({
  decision: 'none',
  state,
  actions: [],
  reason: 'no rollout is under way',
  nextCheck: null,
});

function order(
  state: RolloutState,
  now: number,
  act: (rollout: Rollout) => { rollout: Rollout; decision: Step['decision']; reason: string },
): Step {
  const open = openRollout(state);
  if (!open) return nothing(state);
  const { rollout, decision, reason } = act(open);
  return {
    decision,
    state: {
      ...state,
      rollout,
      lease: { owner: rollout.runId, expires: now + duration.parse(rollout.policy.lease) },
    },
    actions: [],
    reason,
    nextCheck: now,
  };
}

/**
 * The next stage (after the last: the promotion) may begin once the current one has soaked, also with fewer requests than asked or
 * a fault that could not have been found yet. An alarm still rolls back. Ends a pause by `max-hold`.
 */
export function approve(state: RolloutState, { by, reason }: Order, now: number): Step {
  return order(state, now, (rollout) => {
    const stage = rollout.stage + 1;
    const known = rollout.approvals.some((a) => a.stage === stage);
    const waited = rollout.paused?.by === 'max-hold';
    return {
      rollout: {
        ...rollout,
        approvals: known ? rollout.approvals : [...rollout.approvals, { stage, by, at: now }],
        paused: waited ? null : rollout.paused,
        heldSince: waited ? now : rollout.heldSince,
      },
      decision: rollout.paused && !waited ? 'paused' : 'hold',
      reason: `approved by ${by}${reason ? `: ${reason}` : ''}`,
    };
  });
}

/** The weight stays where it is until `resume`; an alarm still rolls back. */
export function pause(state: RolloutState, { by, reason }: Order, now: number): Step {
  return order(state, now, (rollout) => {
    const why = `paused by ${by}${reason ? `: ${reason}` : ''}`;
    const paused = rollout.paused ?? { by: 'person' as const, reason: why, at: now };
    return { rollout: { ...rollout, paused }, decision: 'paused', reason: paused.reason };
  });
}

/** Goes on from a pause of any kind; the next tick gives the candidate the weight of its stage again. */
export function resume(state: RolloutState, { by, reason }: Order, now: number): Step {
  return order(state, now, (rollout) => {
    if (!rollout.paused) return { rollout, decision: 'hold', reason: 'it was not paused' };
    return {
      rollout: { ...rollout, paused: null, pending: { from: null }, heldSince: now },
      decision: 'hold',
      reason: `resumed by ${by}${reason ? `: ${reason}` : ''}`,
    };
  });
}

/** Ends the rollout: the state is closed first, then the candidate goes to 0. */
export function abort(state: RolloutState, { by, reason }: Order, now: number): Step {
  const open = openRollout(state);
  if (!open) return nothing(state);
  const why = `aborted by ${by}${reason ? `: ${reason}` : ''}`;
  return {
    decision: 'rollback',
    state: closeRolledBack(state, open, open.weight, why, now),
    actions: [setWeight(open.candidate, 0)],
    reason: why,
    nextCheck: null,
  };
}
