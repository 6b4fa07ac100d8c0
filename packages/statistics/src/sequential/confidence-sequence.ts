import { requireOpenUnit } from '../arguments.ts';
import type { Interval } from '../result.ts';

/** Sums that an empirical-Bernstein confidence sequence needs; plain numbers, so that it can be stored. */
export type MeanSequence = {
  readonly alpha: number;
  readonly n: number;
  readonly sum: number;
  /** Σ (x_i - mean before i)² with the prior quarter. */
  readonly squares: number;
  readonly stakes: number;
  readonly weighted: number;
  readonly variation: number;
  /** The running intersection. */
  readonly interval: Interval;
};

const LARGEST_STAKE = 0.5;

/** No value yet: the interval is [0, 1]. */
export function meanSequence(alpha: number): MeanSequence {
  requireOpenUnit('alpha', alpha);
  const interval = { lower: 0, upper: 1 };
  return { alpha, n: 0, sum: 0, squares: 0, stakes: 0, weighted: 0, variation: 0, interval };
}

/**
 * One more value in [0, 1]. The interval holds the mean at all times at once with probability 1 - alpha (two-sided).
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024), theorem 2 (predictable plug-in empirical Bernstein).
 */
export function stepMeanSequence(state: MeanSequence, value: number): MeanSequence {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a bounded value must lie in [0, 1], got ${value}`);
  const t = state.n + 1;
  const meanBefore = (0.5 + state.sum) / t;
  const varianceBefore = (0.25 + state.squares) / t;
  const spending = 2 * Math.log(2 / state.alpha);
  const stake = Math.min(LARGEST_STAKE, Math.sqrt(spending / (varianceBefore * t * Math.log(1 + t))));
  const sum = state.sum + value;
  const meanAfter = (0.5 + sum) / (t + 1);
  const stakes = state.stakes + stake;
  const weighted = state.weighted + stake * value;
  const psi = -Math.log1p(-stake) - stake;
  const variation = state.variation + (value - meanBefore) ** 2 * psi;
  const now = meanInterval({ alpha: state.alpha, n: t, stakes, weighted, variation });
  const interval = {
    lower: Math.max(state.interval.lower, now.lower),
    upper: Math.min(state.interval.upper, now.upper),
  };
  return {
    alpha: state.alpha,
    n: t,
    sum,
    squares: state.squares + (value - meanAfter) ** 2,
    stakes,
    weighted,
    variation,
    interval,
  };
}

/** The interval of the sums alone, without what earlier looks had ruled out: for a mean that may change. It may leave [0, 1]. */
export function meanInterval({
  alpha,
  n,
  stakes,
  weighted,
  variation,
}: Pick<MeanSequence, 'alpha' | 'n' | 'stakes' | 'weighted' | 'variation'>): Interval {
  if (n === 0) return { lower: 0, upper: 1 };
  const half = (Math.log(2 / alpha) + variation) / stakes;
  return { lower: weighted / stakes - half, upper: weighted / stakes + half };
}
