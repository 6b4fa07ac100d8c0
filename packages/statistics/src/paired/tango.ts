import { requireOpenUnit } from '../arguments.ts';
import { bisect } from '../distributions/inversion.ts';
import { normalQuantile, normalSurvival } from '../distributions/normal.ts';
import type { Interval, TestResult } from '../result.ts';
import type { PairedCounts } from './counts.ts';
import { requirePairedCounts } from './counts.ts';

/** The share of losses under the null difference δ, by restricted maximum likelihood. */
export function tangoNuisance(items: number, gains: number, losses: number, delta: number): number {
  const a = 2 * items;
  const b = -gains - losses + (2 * items - gains + losses) * delta;
  const c = -losses * delta * (1 - delta);
  const root = Math.sqrt(Math.max(0, b * b - 4 * a * c));
  // The larger root, written so that neither sign of b cancels.
  return b <= 0 ? (root - b) / (2 * a) : (-2 * c) / (root + b);
}

/** A difference whose square is no number above 0 any more: the statistic at it is that at 0. */
const NOTHING = 1e-150;

/** Tango's score statistic without checks, for loops over all outcomes. */
export function tangoScore(items: number, gains: number, losses: number, given: number): number {
  const delta = Math.abs(given) < NOTHING ? 0 : given;
  const difference = gains - losses - items * delta;
  const q = tangoNuisance(items, gains, losses, delta);
  const variance = items * (2 * q + delta * (1 - delta));
  if (variance > 0) return difference / Math.sqrt(variance);
  return difference > 0 ? Infinity : difference < 0 ? -Infinity : 0;
}

/**
 * Tango's score statistic Z(δ) for the difference (candidate - baseline) of paired shares: large when the difference
 * is above δ.
 *
 * @param delta the null difference, in (-1, 1)
 *
 * Source: Tango, Statistics in Medicine 17 (1998) 891-908.
 */
export function tangoStatistic(counts: PairedCounts, delta: number): number {
  requirePairedCounts(counts);
  if (!(delta > -1 && delta < 1)) throw new RangeError(`delta must lie in (-1, 1), got ${delta}`);
  return tangoScore(counts.items, counts.gains, counts.losses, delta);
}

/**
 * Tango's score interval for the difference of paired shares; never of width 0, not even without discordant pairs.
 *
 * @param confidence of the two-sided interval; 0.90 goes with a one-sided test at 0.05
 */
export function tangoInterval(counts: PairedCounts, confidence: number): Interval {
  requirePairedCounts(counts);
  requireOpenUnit('confidence', confidence);
  const { items, gains, losses } = counts;
  const z = normalQuantile((1 + confidence) / 2);
  const estimate = (gains - losses) / items;
  const lower = estimate <= -1 ? -1 : bisect((d) => tangoScore(items, gains, losses, d) > z, -1, estimate);
  const upper = estimate >= 1 ? 1 : bisect((d) => tangoScore(items, gains, losses, d) > -z, estimate, 1);
  return { lower, upper };
}

/**
 * Tango's one-sided test that the candidate is not worse than the baseline by `margin` or more. Asymptotic: its true
 * size can exceed the level at small n and small margins, see `tangoExactNonInferiority`.
 *
 * @param margin in (0, 1), or 0 for superiority
 */
export function tangoNonInferiority(counts: PairedCounts, margin: number): TestResult {
  const statistic = tangoStatistic(counts, -margin);
  return { statistic, pValue: normalSurvival(statistic) };
}
