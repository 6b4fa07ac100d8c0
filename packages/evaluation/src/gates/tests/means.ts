import {
  type BcaInterval,
  bootstrapClusteredMean,
  bootstrapMean,
  clusteredMean,
  Generator,
  type MeanEstimate,
  sampleMean,
  tInterval,
  tTest,
  type Undecided,
  welch,
} from '@sluice/statistics';
import { BOOTSTRAP } from './bootstrap.ts';
import type { Test, TestOptions, TestResult } from './test.ts';

/** Student's t on independent values; on differences this is the paired t test. */
export function meanTest(values: Float64Array, name: string, options: TestOptions): TestResult {
  if (options.test === 'bootstrap') {
    return bootstrapTest(
      momentsOf(values),
      (confidence) => bootstrapMean(values, bootstrap(confidence)),
      `${name}, BCa bootstrap`,
      options,
    );
  }
  const mean = sampleMean(values);
  return mean.kind === 'undecided' ? mean : studentTest(mean, name, values.length, options.alpha);
}

/** A mean whose items come in clusters: CR2 errors with Bell-McCaffrey degrees of freedom. */
export function clusteredTest(
  values: Float64Array,
  clusters: Int32Array,
  name: string,
  options: TestOptions,
): TestResult {
  if (options.test === 'bootstrap') {
    const interval = (confidence: number) => bootstrapClusteredMean(values, clusters, bootstrap(confidence));
    return bootstrapTest(momentsOf(values), interval, `${name}, BCa bootstrap of clusters`, options);
  }
  const mean = clusteredMean(values, clusters);
  if (mean.kind === 'undecided') return mean;
  return studentTest(
    mean,
    `${name} with ${mean.clusters} clusters (CR2, Bell-McCaffrey)`,
    values.length,
    options.alpha,
  );
}

/** Two independent samples. */
export function welchTest(candidate: Float64Array, baseline: Float64Array, options: TestOptions): TestResult {
  const mean = welch(candidate, baseline);
  return mean.kind === 'undecided'
    ? mean
    : studentTest(mean, "Welch's t, unpaired", candidate.length, options.alpha);
}

/**
 * Differences in [-1, 1] that are all 0. Were the mean at or under -m, a share m of the items at least would differ,
 * and n identical pairs had a chance of (1 - m)^n at most: exact, and the only thing identical pairs can prove.
 */
export function identicalPairs(items: number, alpha: number): Test {
  const bound = 1 - alpha ** (1 / items);
  const tail = (distance: number): number =>
    distance <= 0 ? 1 : distance >= 1 ? 0 : (1 - distance) ** items;
  return {
    kind: 'test',
    name: 'exact binomial bound on the share of items that differ (all pairs are identical)',
    estimate: 0,
    interval: { lower: -bound, upper: bound },
    above: (delta) => tail(-delta),
    below: (delta) => tail(delta),
    itemVariance: 0,
  };
}

function studentTest(mean: MeanEstimate, name: string, items: number, alpha: number): Test {
  return {
    kind: 'test',
    name,
    estimate: mean.estimate,
    interval: tInterval(mean, 1 - 2 * alpha),
    above: (bound) => tTest(mean, bound, 'greater').pValue,
    below: (bound) => tTest(mean, bound, 'less').pValue,
    itemVariance: mean.standardError ** 2 * items,
  };
}

function bootstrap(confidence: number) {
  return { confidence, resamples: BOOTSTRAP.resamples, random: Generator.fromSeed(BOOTSTRAP.seed) };
}

/**
 * A bootstrap gives intervals and no p-values: at alpha for what is to be proven, at alpha over the size of the family
 * for what is to be rejected, which is never less strict than Holm.
 */
export function bootstrapTest(
  about: Pick<Test, 'estimate' | 'itemVariance'>,
  at: (confidence: number) => BcaInterval | Undecided,
  name: string,
  { alpha, family }: TestOptions,
): TestResult {
  const interval = at(1 - 2 * alpha);
  if (interval.kind === 'undecided') return interval;
  const strict = family > 1 ? at(1 - (2 * alpha) / family) : interval;
  if (strict.kind === 'undecided') return strict;
  return {
    kind: 'test',
    name,
    ...about,
    interval: { lower: interval.lower, upper: interval.upper },
    above: (bound) => (strict.lower > bound ? alpha / family : interval.lower > bound ? alpha : 1),
    below: (bound) => (strict.upper < bound ? alpha / family : interval.upper < bound ? alpha : 1),
  };
}

function momentsOf(values: Float64Array): Pick<Test, 'estimate' | 'itemVariance'> {
  const estimate = values.reduce((sum, v) => sum + v, 0) / values.length;
  const itemVariance =
    values.reduce((sum, v) => sum + (v - estimate) ** 2, 0) / Math.max(1, values.length - 1);
  return { estimate, itemVariance };
}
