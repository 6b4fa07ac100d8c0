import type { CanaryDecision } from '@sluice/contract';
import { otherSlot, type Slot } from '../observations/minute.ts';
import type { Rollout, RolloutState } from '../state/state.ts';

/** Tells the router how the traffic is split. */
export interface SetWeight {
  readonly type: 'set-weight';
  readonly candidate: Slot;
  /** The candidate's share in percent. */
  readonly percent: number;
  /** The same split as the share of the slot `canary`, which is what a router is told. */
  readonly canaryPercent: number;
}

/**
 * What one step decided. The caller writes `state` first (compare-and-set) and only then carries `actions` out:
 * a step that is killed between the two is finished by the next one.
 */
export interface Step {
  readonly decision: CanaryDecision;
  readonly state: RolloutState;
  readonly actions: readonly SetWeight[];
  readonly reason: string;
  /** When to look next, ms epoch; `null` when nothing is under way. */
  readonly nextCheck: number | null;
}

const basisPoints = (percent: number) => Math.round(percent * 100) / 100;

/** The share of a slot when `canary` gets `canaryPercent`. */
export const shareOf = (slot: Slot, canaryPercent: number): number =>
  basisPoints(slot === 'canary' ? canaryPercent : 100 - canaryPercent);

export function setWeight(candidate: Slot, percent: number): SetWeight {
  return { type: 'set-weight', candidate, percent, canaryPercent: shareOf(candidate, percent) };
}

/** What the router's share says about the last move. */
export type WeightReading = 'right' | 'not-yet' | 'restarted' | 'moved';

/** Routers split in basis points at best. */
const same = (a: number, b: number) => Math.abs(a - b) < 0.005;

export function readWeight(rollout: Rollout, share: number, identity: string): WeightReading {
  if (same(share, rollout.weight)) return 'right';
  const { pending } = rollout;
  if (pending && (pending.from === null || same(share, pending.from))) return 'not-yet';
  if (identity !== rollout.routerIdentity) return 'restarted';
  return 'moved';
}

/** Closes a rollout with its candidate at 0; a promotion that was still watched is taken back. */
export function closeRolledBack(
  state: RolloutState,
  rollout: Rollout,
  share: number,
  reason: string,
  now: number,
): RolloutState {
  const promoted = rollout.promotedAt !== null;
  return {
    ...state,
    live: promoted ? otherSlot(rollout.candidate) : state.live,
    history: promoted
      ? state.history.map((h, i) => (i === state.history.length - 1 ? { ...h, revertedAt: now } : h))
      : state.history,
    rollout: {
      ...rollout,
      phase: 'rolled-back',
      paused: null,
      weight: 0,
      pending: share > 0 ? { from: share } : null,
      closed: { at: now, reason },
    },
    lease: null,
  };
}
