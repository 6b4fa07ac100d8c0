import type { Undecided } from '../result.ts';
import { undecided } from '../result.ts';
import type { ClusterSums } from './clusters.ts';
import { clusterSums } from './clusters.ts';
import type { MeanEstimate } from './estimate.ts';
import { isConstant, moments } from './moments.ts';

/** Under so many clusters no variance estimate holds its level. */
export const FEWEST_CLUSTERS = 5;

/** `CR2` is the one to decide with; the others are for comparison with other programs. */
export type ClusterEstimator = 'CR2' | 'CR1' | 'miller';

/** A mean whose items come in clusters. */
export type ClusteredMean = MeanEstimate & {
  readonly clusters: number;
  readonly estimator: ClusterEstimator;
};

type Spread = { readonly variance: number; readonly degreesOfFreedom: number };

/** Bias-reduced variance, with the degrees of freedom closed for a mean under independent items. */
function cr2(sizes: Float64Array, residuals: Float64Array, n: number): Spread {
  let variance = 0;
  let trace = 0;
  let diagonal = 0;
  let weights = 0;
  let weightSquares = 0;
  for (let g = 0; g < sizes.length; g++) {
    const size = sizes[g] as number;
    const h = 1 - size / n;
    variance += (residuals[g] as number) ** 2 / h / n ** 2;
    trace += size / n ** 2;
    diagonal += (size / n ** 2) ** 2;
    const weight = size ** 2 / h / n ** 3;
    weights += weight;
    weightSquares += weight ** 2;
  }
  return { variance, degreesOfFreedom: trace ** 2 / (diagonal + weights ** 2 - weightSquares) };
}

function cr1(residuals: Float64Array, n: number): Spread {
  const groups = residuals.length;
  let sum = 0;
  for (const residual of residuals) sum += residual ** 2;
  return { variance: ((sum / n ** 2) * groups) / (groups - 1), degreesOfFreedom: groups - 1 };
}

/** The squares of the cluster sums hold every cross product within a cluster, and each item's own square once. */
function miller(residuals: Float64Array, itemSquares: number, n: number): Spread {
  let sum = 0;
  for (const residual of residuals) sum += residual ** 2;
  const plain = itemSquares / (n - 1) / n;
  return { variance: plain + (sum - itemSquares) / n ** 2, degreesOfFreedom: Infinity };
}

function spreadOf(estimator: ClusterEstimator, sums: ClusterSums, mean: number, itemSquares: number): Spread {
  let n = 0;
  for (const size of sums.sizes) n += size;
  const residuals = sums.sums.map((sum, g) => sum - mean * (sums.sizes[g] as number));
  if (estimator === 'CR1') return cr1(residuals, n);
  if (estimator === 'miller') return miller(residuals, itemSquares, n);
  return cr2(sums.sizes, residuals, n);
}

/**
 * The mean of values that come in clusters (questions about one passage, perturbations of one item).
 *
 * @param values   one number an item; for a comparison, the difference candidate - baseline
 * @param clusters the cluster of each item, same length
 * @returns undecided with under five clusters, or where nothing varies
 *
 * Sources: CR2 and its degrees of freedom, Bell & McCaffrey, Survey Methodology 28 (2002) 169-181; CR1, Liang & Zeger
 * (1986) as in statsmodels `cov_type="cluster"`; Miller, arXiv 2411.00640.
 */
export function clusteredMean(
  values: ArrayLike<number>,
  clusters: ArrayLike<string | number>,
  estimator: ClusterEstimator = 'CR2',
): ClusteredMean | Undecided {
  const sums = clusterSums(values, clusters);
  const groups = sums.sizes.length;
  if (groups < FEWEST_CLUSTERS) {
    return undecided('too-few-clusters', `${groups} clusters; an honest error needs ${FEWEST_CLUSTERS}`);
  }
  const m = moments(values);
  if (!Number.isFinite(m.squares)) return undecided('not-finite', 'a value is not a finite number');
  if (isConstant(m)) return undecided('no-spread', `all ${m.n} values are the same`);
  const { variance, degreesOfFreedom } = spreadOf(estimator, sums, m.mean, m.squares);
  if (!(variance > 0)) return undecided('no-spread', `the ${groups} clusters do not differ`);
  const estimate = { estimate: m.mean, standardError: Math.sqrt(variance), degreesOfFreedom };
  return { kind: 'estimate', ...estimate, clusters: groups, estimator };
}
