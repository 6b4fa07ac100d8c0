import { requireOpenUnit } from '../arguments.ts';
import { studentQuantile, studentSurvival } from '../distributions/student.ts';
import type { Alternative, Interval, TestResult } from '../result.ts';

/**
 * An estimated mean (or difference of means) with what is needed to test it and to put an interval around it.
 *
 * `degreesOfFreedom` is `Infinity` where the normal law applies.
 */
export type MeanEstimate = {
  readonly kind: 'estimate';
  readonly estimate: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
};

/** Student's test of `estimate` against `nullValue`. Non-inferiority by m: `nullValue` = -m, 'greater'. */
export function tTest(mean: MeanEstimate, nullValue = 0, alternative: Alternative = 'two-sided'): TestResult {
  const statistic = (mean.estimate - nullValue) / mean.standardError;
  const df = mean.degreesOfFreedom;
  if (alternative === 'greater') return { statistic, pValue: studentSurvival(statistic, df) };
  if (alternative === 'less') return { statistic, pValue: studentSurvival(-statistic, df) };
  return { statistic, pValue: Math.min(1, 2 * studentSurvival(Math.abs(statistic), df)) };
}

/** The two-sided t interval; `confidence` 0.90 goes with one-sided tests at 0.05. */
export function tInterval(mean: MeanEstimate, confidence: number): Interval {
  requireOpenUnit('confidence', confidence);
  const half = studentQuantile((1 + confidence) / 2, mean.degreesOfFreedom) * mean.standardError;
  return { lower: mean.estimate - half, upper: mean.estimate + half };
}

/** Two one-sided tests of equivalence within ±margin; equivalent where both, so `pValue`, are under alpha. */
export type EquivalenceResult = {
  readonly pAboveLower: number;
  readonly pBelowUpper: number;
  readonly pValue: number;
};

/** Source: Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15 (1987) 657-680. */
export function tost(mean: MeanEstimate, margin: number): EquivalenceResult {
  const pAboveLower = tTest(mean, -margin, 'greater').pValue;
  const pBelowUpper = tTest(mean, margin, 'less').pValue;
  return { pAboveLower, pBelowUpper, pValue: Math.max(pAboveLower, pBelowUpper) };
}
