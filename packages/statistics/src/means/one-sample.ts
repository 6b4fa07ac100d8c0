import type { Undecided } from '../result.ts';
import { undecided } from '../result.ts';
import type { MeanEstimate } from './estimate.ts';
import { isConstant, moments } from './moments.ts';

/** The differences candidate - baseline, item by item. */
export function differences(candidate: ArrayLike<number>, baseline: ArrayLike<number>): Float64Array {
  if (candidate.length !== baseline.length) {
    throw new RangeError(`${candidate.length} candidate scores against ${baseline.length} baseline scores`);
  }
  return Float64Array.from(candidate, (x, i) => x - (baseline[i] as number));
}

/**
 * The mean of independent values with its plain standard error and n - 1 degrees of freedom. On paired differences
 * this is the paired t test. Undecided where all values are the same: a standard error of 0 proves nothing.
 */
export function sampleMean(values: ArrayLike<number>): MeanEstimate | Undecided {
  if (values.length < 2)
    return undecided('too-few-items', `${values.length} items; a mean needs two at least`);
  const m = moments(values);
  if (!Number.isFinite(m.squares)) return undecided('not-finite', 'a value is not a finite number');
  if (isConstant(m)) return undecided('no-spread', `all ${m.n} values are the same`);
  return {
    kind: 'estimate',
    estimate: m.mean,
    standardError: Math.sqrt(m.squares / (m.n - 1) / m.n),
    degreesOfFreedom: m.n - 1,
  };
}
