import { requireOpenUnit } from '../arguments.ts';
import { bisect } from '../distributions/inversion.ts';
import type { Undecided } from '../result.ts';
import { undecided } from '../result.ts';
import { logMean, logSpaced } from '../sequential/log-sum.ts';
import { FEWEST_CLUSTERS } from './clustered.ts';
import type { ClusterSums } from './clusters.ts';
import { clusterSums } from './clusters.ts';

/** A test and bounds for the mean of bounded clustered differences that assume nothing about their law. */
export type ClusterBetting = {
  readonly kind: 'betting';
  readonly estimate: number;
  readonly clusters: number;
  /** Clusters whose sum of differences is not 0. */
  readonly differing: number;
  /** p-value of "the mean is above `nullValue`". */
  readonly pAbove: (nullValue: number) => number;
  /** p-value of "the mean is below `nullValue`". */
  readonly pBelow: (nullValue: number) => number;
  readonly lowerBound: (alpha: number) => number;
  readonly upperBound: (alpha: number) => number;
};

/**
 * Where D of the clusters differ, a proof needs stakes of about √(6 / D): with under a hundred none below 0.15 helps,
 * and each one more costs the others weight.
 */
function fewStakes(worst: number): number[] {
  return logSpaced(0.15, 0.98 / worst, 8);
}

function logWealth({ sizes, sums }: ClusterSums, nullValue: number, sign: 1 | -1): number {
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const worst = sign > 0 ? 1 + nullValue : 1 - nullValue;
  return logMean(
    fewStakes(worst).map((stake) => {
      let log = 0;
      for (let g = 0; g < sizes.length; g++) {
        const excess = ((sums[g] as number) - nullValue * (sizes[g] as number)) / largest;
        log += Math.log1p(sign * stake * excess);
      }
      return log;
    }),
  );
}

/**
 * Betting on cluster sums: for differences in [-1, 1] where few clusters differ, so that no variance estimate can be
 * trusted. Its level holds for any law of the clusters, provided that they are independent; the price is power.
 *
 * @param values   differences in [-1, 1], one an item
 * @param clusters the cluster of each item, same length
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024) 1-27; p = 1 / wealth by Markov's inequality.
 */
export function clusterBetting(
  values: ArrayLike<number>,
  clusters: ArrayLike<string | number>,
): ClusterBetting | Undecided {
  const sums = clusterSums(values, clusters);
  if (sums.sizes.length < FEWEST_CLUSTERS) {
    return undecided('too-few-clusters', `${sums.sizes.length} clusters; ${FEWEST_CLUSTERS} are needed`);
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) return undecided('not-finite', `value ${i} is not a finite number`);
    if (Math.abs(value) > 1) throw new RangeError(`difference ${i} lies outside [-1, 1]: ${value}`);
  }
  const estimate = sums.sums.reduce((total, sum) => total + sum, 0) / values.length;
  const p = (nullValue: number, sign: 1 | -1): number =>
    Math.min(1, Math.exp(-logWealth(sums, nullValue, sign)));
  const pAbove = (nullValue: number): number => p(nullValue, 1);
  const pBelow = (nullValue: number): number => p(nullValue, -1);
  const edge = 1 - 1e-9;
  return {
    kind: 'betting',
    estimate,
    clusters: sums.sizes.length,
    differing: sums.sums.reduce((count, sum) => count + (sum === 0 ? 0 : 1), 0),
    pAbove,
    pBelow,
    lowerBound: (alpha) => {
      requireOpenUnit('alpha', alpha);
      return pAbove(-edge) > alpha ? -1 : bisect((x) => pAbove(x) <= alpha, -edge, Math.max(-edge, estimate));
    },
    upperBound: (alpha) => {
      requireOpenUnit('alpha', alpha);
      return pBelow(edge) > alpha ? 1 : bisect((x) => pBelow(x) > alpha, Math.min(edge, estimate), edge);
    },
  };
}
