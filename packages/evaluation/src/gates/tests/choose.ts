import { clusterSums, countPairs } from '@sluice/statistics';
import { bettingTest } from './betting.ts';
import { oneShare, pairedShares } from './binary.ts';
import { clusteredTest, identicalPairs, meanTest } from './means.ts';
import type { TestOptions, TestResult } from './test.ts';

/** Paired scores of both sides, and the cluster of each pair where the items come in clusters. */
export interface PairedData {
  readonly candidate: Float64Array;
  readonly baseline: Float64Array;
  readonly binary: boolean;
  readonly clusters: Int32Array | null;
}

/** The test that fits paired data. */
export function choosePaired(
  { candidate, baseline, binary, clusters }: PairedData,
  options: TestOptions,
): TestResult {
  if (candidate.length === 0) return { kind: 'undecided', reason: 'no-data', message: 'no item pairs' };
  if (clusters === null && binary && options.test === 'auto')
    return pairedShares(countPairs(candidate, baseline), options.alpha);
  const differences = candidate.map((value, i) => value - (baseline[i] as number));
  if (differences.every((d) => d === 0) && inUnit(candidate) && inUnit(baseline)) {
    return identicalPairs(clusters === null ? differences.length : distinct(clusters), options.alpha);
  }
  if (clusters === null) {
    const each = eachItself(differences.length);
    const [same] = differences;
    if (differences.length > 1 && differences.every((d) => Math.abs(d - (same as number)) < 1e-12))
      return {
        kind: 'undecided',
        reason: 'no-spread',
        message: `all ${differences.length} pairs differ by the same ${Number((same as number).toPrecision(4))}: without any spread no error can be told`,
      };
    if (options.test === 'auto' && inUnit(candidate) && inUnit(baseline) && isSparse(differences, each))
      return bettingTest(differences, null, options);
    return meanTest(differences, 'paired t', options);
  }
  if (binary && options.test === 'auto' && isSparse(differences, clusters))
    return bettingTest(differences, clusters, options);
  return clusteredTest(differences, clusters, 'paired differences', options);
}

/** The test that fits the scores of one side. */
export function chooseSingle(
  values: Float64Array,
  binary: boolean,
  clusters: Int32Array | null,
  options: TestOptions,
): TestResult {
  if (values.length === 0) return { kind: 'undecided', reason: 'no-data', message: 'no item has a score' };
  if (clusters === null && binary && options.test === 'auto') {
    const events = values.reduce((sum, v) => sum + v, 0);
    return oneShare(events, values.length, options.alpha);
  }
  if (clusters === null) {
    if (options.test === 'auto' && inUnit(values) && isSparse(values, eachItself(values.length)))
      return bettingTest(values, null, options);
    return meanTest(values, 't', options);
  }
  const rare =
    binary &&
    (isSparse(values, clusters) ||
      isSparse(
        values.map((v) => 1 - v),
        clusters,
      ));
  if (rare && options.test === 'auto') return bettingTest(values, clusters, options);
  return clusteredTest(values, clusters, 'mean', options);
}

function inUnit(values: Float64Array): boolean {
  return values.every((v) => v >= 0 && v <= 1);
}

/** Under so many clusters that are not all 0, the variance estimate of rare events is too small too often. */
const ENOUGH_CLUSTERS = 100;

/** Independent items: clusters of one. */
function eachItself(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** Whether only few clusters, and under half of them, are anything but 0. */
function isSparse(values: Float64Array, clusters: Int32Array): boolean {
  const { sums } = clusterSums(values, clusters);
  const differing = sums.reduce((count, sum) => count + Number(sum !== 0), 0);
  return differing < ENOUGH_CLUSTERS && 2 * differing < sums.length;
}

function distinct(values: Int32Array): number {
  return new Set(values).size;
}
