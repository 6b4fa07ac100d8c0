import type { Rollout, RolloutState } from '../state/state.ts';
import type { Observations } from './observations.ts';
import { readWeight, type Step, setWeight, shareOf } from './step.ts';

/**
 * A tick with no rollout under way. A candidate that was taken back stays at 0, whoever raised it; a promoted one gets its traffic
 * back after a restart of the router, but what a person took from it is left alone.
 */
export function closedTick(state: RolloutState, seen: Observations, now: number): Step {
  const { rollout } = state;
  if (!rollout)
    return { decision: 'none', state, actions: [], reason: 'no rollout is under way', nextCheck: null };
  const share = shareOf(rollout.candidate, seen.router.canaryPercent);
  return rollout.phase === 'rolled-back'
    ? rolledBack(state, rollout, share, seen)
    : promoted(state, rollout, share, seen, now);
}

const settled = (state: RolloutState, rollout: Rollout, identity: string): RolloutState => ({
  ...state,
  rollout: { ...rollout, pending: null, paused: null, routerIdentity: identity },
});

function rolledBack(state: RolloutState, rollout: Rollout, share: number, seen: Observations): Step {
  const why = `run ${rollout.runId} was rolled back: ${rollout.closed?.reason}`;
  if (share === 0) {
    return {
      decision: 'none',
      state: settled(state, rollout, seen.router.identity),
      actions: [],
      reason: why,
      nextCheck: null,
    };
  }
  return {
    decision: rollout.pending ? 'rollback' : 'none',
    state,
    actions: [setWeight(rollout.candidate, 0)],
    reason: `${why}; the router still gives it ${share} %, set to 0`,
    nextCheck: null,
  };
}

function promoted(
  state: RolloutState,
  rollout: Rollout,
  share: number,
  seen: Observations,
  now: number,
): Step {
  const { identity } = seen.router;
  const done = `run ${rollout.runId} is live`;
  const step = (decision: Step['decision'], reason: string, set: boolean, next = state): Step => ({
    decision,
    state: next,
    actions: set ? [setWeight(rollout.candidate, rollout.weight)] : [],
    reason,
    nextCheck: null,
  });
  const reading = readWeight(rollout, share, identity);
  const left = `${done}, but somebody set its share to ${share} %; that is left as it is`;
  if (rollout.paused && reading !== 'right') return step('none', left, false);
  switch (reading) {
    case 'right':
      return step('none', done, false, settled(state, rollout, identity));
    case 'not-yet':
      return step('complete', `${done}; the router still gives it ${share} %, set to 100`, true);
    case 'restarted':
      return step('none', `${done}; the router restarted and gave it ${share} %, set to 100`, true, {
        ...state,
        rollout: { ...rollout, pending: { from: share }, routerIdentity: identity },
      });
    case 'moved': {
      const paused = { by: 'weight-changed' as const, reason: left, at: now };
      return step('none', left, false, { ...state, rollout: { ...rollout, pending: null, paused } });
    }
  }
}
