import { percentile } from '../bootstrap/bca.ts';
import type { Generator } from '../random/generator.ts';
import type { Interval, Undecided } from '../result.ts';
import { undecided } from '../result.ts';

/** How any number of raters agree, some of whom may have left items out. */
export type AlphaEstimate = {
  readonly kind: 'alpha';
  /** 1: always agree; 0: as by chance. */
  readonly alpha: number;
  /** Items with two ratings at least. */
  readonly items: number;
  /** Items on which not all ratings are the same. */
  readonly disputed: number;
  /** The disagreement that chance alone would give. */
  readonly expected: number;
};

/** How far apart two ratings are: another name, an order, or a measure. */
export type AlphaMetric = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's alpha from the coincidences of ratings within items.
 *
 * Source: Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections C and D.
 * @param units items x raters; null where a rater left the item out
 */
export function krippendorffAlpha(
  units: readonly (readonly (number | null)[])[],
  metric: AlphaMetric,
): AlphaEstimate | Undecided {
  const rated = units
    .map((unit) => unit.filter((value) => value !== null))
    .filter((unit) => unit.length >= 2);
  if (rated.length === 0) return undecided('no-data', 'no item was rated by two');
  const categories = [...new Set(rated.flat())].sort((a, b) => a - b);
  if (categories.length < 2)
    return undecided('no-spread', 'all ratings are the same, so agreement by chance is certain');
  const { alpha, expected } = alphaOf(rated, categories, metric);
  const disputed = rated.filter((unit) => unit.some((value) => value !== unit[0])).length;
  return { kind: 'alpha', alpha, items: rated.length, disputed, expected };
}

function alphaOf(
  units: readonly (readonly number[])[],
  categories: readonly number[],
  metric: AlphaMetric,
): { alpha: number; expected: number } {
  const k = categories.length;
  const place = new Map(categories.map((value, i) => [value, i]));
  const coincidences = Array.from({ length: k }, () => new Float64Array(k));
  for (const unit of units) {
    for (const [a, one] of unit.entries()) {
      for (const [b, other] of unit.entries()) {
        const row = coincidences[place.get(one) as number] as Float64Array;
        const column = place.get(other) as number;
        if (a !== b) row[column] = (row[column] as number) + 1 / (unit.length - 1);
      }
    }
  }
  const marginals = coincidences.map((row) => row.reduce((sum, value) => sum + value, 0));
  const n = marginals.reduce((sum, value) => sum + value, 0);
  let observed = 0;
  let expected = 0;
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const distance = i === j ? 0 : squaredDistance(i, j, categories, marginals, metric);
      observed += ((coincidences[i] as Float64Array)[j] as number) * distance;
      expected += ((marginals[i] as number) * (marginals[j] as number) * distance) / (n - 1);
    }
  }
  return { alpha: expected === 0 ? Number.NaN : 1 - observed / expected, expected: expected / n };
}

function squaredDistance(
  i: number,
  j: number,
  categories: readonly number[],
  marginals: readonly number[],
  metric: AlphaMetric,
): number {
  if (metric === 'nominal') return 1;
  if (metric === 'interval') return ((categories[i] as number) - (categories[j] as number)) ** 2;
  const [from, to] = i < j ? [i, j] : [j, i];
  const between = marginals.slice(from, to + 1).reduce((sum, count) => sum + count, 0);
  return (between - ((marginals[from] as number) + (marginals[to] as number)) / 2) ** 2;
}

/**
 * Percentile bootstrap of alpha over items. Where no item is disputed every resample is 1: then the lower end follows from
 * the exact bound on the share of items that may be disputed.
 */
export function alphaInterval(
  units: readonly (readonly (number | null)[])[],
  metric: AlphaMetric,
  options: { readonly confidence: number; readonly resamples: number; readonly random: Generator },
): Interval | Undecided {
  const estimate = krippendorffAlpha(units, metric);
  if (estimate.kind === 'undecided') return estimate;
  const tail = (1 - options.confidence) / 2;
  if (estimate.disputed === 0) {
    const nominal = krippendorffAlpha(units, 'nominal') as AlphaEstimate;
    return { lower: Math.max(-1, 1 - (1 - tail ** (1 / estimate.items)) / nominal.expected), upper: 1 };
  }
  const drawn: number[] = [];
  for (let b = 0; b < options.resamples; b++) {
    const sample = units.map(() => units[options.random.below(units.length)] as (typeof units)[number]);
    const again = krippendorffAlpha(sample, metric);
    if (again.kind === 'alpha') drawn.push(again.alpha);
  }
  if (drawn.length < options.resamples / 2)
    return undecided('no-spread', 'the ratings are so alike that most resamples hold one rating only');
  const sorted = Float64Array.from(drawn).sort();
  return { lower: percentile(sorted, tail), upper: percentile(sorted, 1 - tail) };
}
