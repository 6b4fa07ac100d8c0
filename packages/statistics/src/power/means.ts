import { requirePositive } from '../arguments.ts';
import { noncentralStudentSurvival } from '../distributions/noncentral-student.ts';
import { studentQuantile } from '../distributions/student.ts';
import type { TestPlan } from './plan.ts';
import { planQuantiles } from './plan.ts';

/** Items (not rounded) to show a mean of `difference` when the differences have this variance: (z + z_β)² σ² / δ². */
export function itemsForMean(variance: number, difference: number, plan: TestPlan): number {
  requirePositive('|difference|', Math.abs(difference));
  const { z, zPower } = planQuantiles(plan);
  return ((z + zPower) ** 2 * variance) / difference ** 2;
}

/** The smallest mean difference that `items` show. */
export function detectableMean(items: number, variance: number, plan: TestPlan): number {
  requirePositive('items', items);
  const { z, zPower } = planQuantiles(plan);
  return (z + zPower) * Math.sqrt(variance / items);
}

/**
 * Variance of one item's difference when each side answers it several times: ω² + σ²_A / K_A + σ²_B / K_B.
 *
 * Source: Miller, arXiv 2411.00640.
 */
export function pairedRepeatsVariance(
  between: number,
  candidate: { readonly variance: number; readonly repeats: number },
  baseline: { readonly variance: number; readonly repeats: number },
): number {
  return between + candidate.variance / candidate.repeats + baseline.variance / baseline.repeats;
}

/**
 * Exact power of the one-sided one-sample t test.
 *
 * @param effect true mean over the standard deviation of the items
 */
export function tTestPower(items: number, effect: number, alpha: number): number {
  const df = items - 1;
  return noncentralStudentSurvival(studentQuantile(1 - alpha, df), df, effect * Math.sqrt(items));
}
