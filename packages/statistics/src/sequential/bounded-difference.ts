import { requirePositive } from '../arguments.ts';
import { logMean } from './log-sum.ts';
import type { PairedEvidence } from './paired-betting.ts';
import { stakes } from './paired-betting.ts';

/** Evidence about the mean of differences in [-1, 1], unit by unit; plain numbers, so that it can be stored. */
export type DifferenceState = {
  readonly margin: number;
  /** Items of the largest unit that can come. */
  readonly largest: number;
  readonly units: number;
  readonly approve: readonly number[];
  readonly reject: readonly number[];
};

/** What arrives at once: an item, or a cluster's sum of differences and its number of items. */
export type DifferenceUnit = { readonly sum: number; readonly size: number };

/** Starts with no evidence. `largest` is 1 where units are items. */
export function differenceState(margin: number, largest = 1): DifferenceState {
  if (!(margin > -1 && margin < 1)) throw new RangeError(`margin must lie in (-1, 1), got ${margin}`);
  requirePositive('largest', largest);
  const none = (worst: number): number[] => stakes(worst).map(() => 0);
  return { margin, largest, units: 0, approve: none(1 - margin), reject: none(1 + margin) };
}

/**
 * Bets on one more unit. Any order that does not look at the values is right; a random one is best.
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024) 1-27, with whole clusters as observations.
 */
export function stepDifference(state: DifferenceState, unit: DifferenceUnit): DifferenceState {
  if (!(unit.size > 0 && unit.size <= state.largest && Math.abs(unit.sum) <= unit.size * (1 + 1e-12))) {
    throw new RangeError(`a sum of ${unit.sum} over ${unit.size} items (at most ${state.largest})`);
  }
  const excess = (unit.sum + state.margin * unit.size) / state.largest;
  const approving = stakes(1 - state.margin);
  const rejecting = stakes(1 + state.margin);
  return {
    ...state,
    units: state.units + 1,
    approve: state.approve.map((log, i) => log + Math.log1p((approving[i] as number) * excess)),
    reject: state.reject.map((log, i) => log + Math.log1p(-(rejecting[i] as number) * excess)),
  };
}

/** ln of the evidence on both sides; decide once one reaches ln(1 / alpha). */
export function differenceEvidence(state: DifferenceState): PairedEvidence {
  return { logApprove: logMean(state.approve), logReject: logMean(state.reject) };
}
