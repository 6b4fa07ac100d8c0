import { requireOpenUnit } from '../arguments.ts';
import { normalCdf, normalQuantile } from '../distributions/normal.ts';
import type { Interval, Undecided } from '../result.ts';
import { undecided } from '../result.ts';

/** An interval with the two corrections that moved it. */
export type BcaInterval = Interval & {
  readonly kind: 'interval';
  readonly bias: number;
  readonly acceleration: number;
};

/** a = Σu³ / (6 (Σu²)^1.5), u = mean(jackknife) - jackknife_i. NaN where nothing varies. */
export function acceleration(jackknife: ArrayLike<number>): number {
  const n = jackknife.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (jackknife[i] as number) / n;
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < n; i++) {
    const u = mean - (jackknife[i] as number);
    squares += u * u;
    cubes += u * u * u;
  }
  return squares > 0 ? cubes / (6 * squares ** 1.5) : Number.NaN;
}

/** The percentile at `p` in [0, 1] of sorted values, linear between neighbours (numpy's default). */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  const at = Math.min(1, Math.max(0, p)) * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(sorted.length - 1, below + 1)] as number;
  return low + (high - low) * (at - below);
}

/**
 * The bias-corrected and accelerated interval from a bootstrap distribution. Without spread it is undefined, never
 * [0, 0].
 *
 * @param resampled the statistic on each resample, any order
 * @param estimate  the statistic on the data
 * @param a         the acceleration, see `acceleration`
 *
 * Source: Efron, JASA 82 (1987) 171-185, as in scipy.stats.bootstrap.
 */
export function bcaInterval(
  resampled: ArrayLike<number>,
  estimate: number,
  a: number,
  confidence: number,
): BcaInterval | Undecided {
  requireOpenUnit('confidence', confidence);
  const sorted = Float64Array.from(resampled).sort();
  const count = sorted.length;
  if (count === 0) return undecided('no-data', 'no resamples');
  if (!Number.isFinite(estimate) || !Number.isFinite(sorted[0]) || !Number.isFinite(sorted[count - 1])) {
    return undecided('not-finite', 'the statistic is not a finite number on every resample');
  }
  if (sorted[0] === sorted[count - 1] || !Number.isFinite(a)) {
    return undecided('no-spread', 'the statistic is the same on every resample');
  }
  let under = 0;
  let upTo = 0;
  for (const value of sorted) {
    if (value < estimate) under++;
    if (value <= estimate) upTo++;
  }
  const bias = normalQuantile((under + upTo) / (2 * count));
  if (!Number.isFinite(bias))
    return undecided('undefined-statistic', 'the estimate lies outside all resamples');
  const level = (z: number): number => normalCdf(bias + (bias + z) / (1 - a * (bias + z)));
  const z = normalQuantile((1 - confidence) / 2);
  const interval = { lower: percentile(sorted, level(z)), upper: percentile(sorted, level(-z)) };
  return { kind: 'interval', ...interval, bias, acceleration: a };
}
