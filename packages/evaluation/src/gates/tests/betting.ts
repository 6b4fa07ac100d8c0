import { clusterBetting } from '@sluice/statistics';
import type { TestOptions, TestResult } from './test.ts';

/**
 * A bound on the mean of sparse values in [-1, 1], of independent items or of clusters; its level holds whatever their
 * law.
 */
export function bettingTest(
  values: Float64Array,
  clusters: Int32Array | null,
  { alpha }: TestOptions,
): TestResult {
  const bets = clusterBetting(values, clusters ?? Int32Array.from(values.keys()));
  if (bets.kind === 'undecided') return bets;
  const variance =
    values.reduce((sum, v) => sum + (v - bets.estimate) ** 2, 0) / Math.max(1, values.length - 1);
  return {
    kind: 'test',
    name: `betting bound on ${clusters ? `the means of ${bets.clusters} clusters` : `${bets.clusters} items`}, of which ${bets.differing} differ`,
    estimate: bets.estimate,
    interval: { lower: bets.lowerBound(alpha), upper: bets.upperBound(alpha) },
    // no mean of values in [-1, 1] lies beyond them, and no bet on that is defined
    above: (bound) => (Math.abs(bound) > 1 ? Number(bound > 0) : bets.pAbove(bound)),
    below: (bound) => (Math.abs(bound) > 1 ? Number(bound < 0) : bets.pBelow(bound)),
    itemVariance: variance,
  };
}
