import type { Undecided } from '../result.ts';
import { undecided } from '../result.ts';
import { moments } from './moments.ts';

/** The variance of a mean over n items with k repeats each, split into where it comes from. */
export type RepeatsVariance = {
  readonly kind: 'variance';
  readonly items: number;
  readonly repeats: number;
  readonly meanSquareBetween: number;
  readonly meanSquareWithin: number;
  readonly itemVariance: number;
  readonly repeatVariance: number;
  /** Variance of the grand mean: MSB / (n k). */
  readonly meanVariance: number;
};

/**
 * One-way random-effects split of balanced repeats. For planning: to test, average each item's repeats first, then use
 * `sampleMean` on the averages.
 *
 * @param scores n rows of k repeats, k >= 2 and the same in every row
 */
export function repeatsVariance(scores: readonly ArrayLike<number>[]): RepeatsVariance | Undecided {
  const items = scores.length;
  const repeats = scores[0]?.length ?? 0;
  if (items < 2 || repeats < 2) {
    return undecided('too-few-items', `${items} items with ${repeats} repeats; both must be two at least`);
  }
  if (scores.some((row) => row.length !== repeats)) throw new RangeError('every item needs the same repeats');
  const rows = scores.map(moments);
  const within = rows.reduce((sum, row) => sum + row.squares, 0) / (items * (repeats - 1));
  const means = moments(rows.map((row) => row.mean));
  const between = (repeats * means.squares) / (items - 1);
  if (!Number.isFinite(within + between)) return undecided('not-finite', 'a score is not a finite number');
  return {
    kind: 'variance',
    items,
    repeats,
    meanSquareBetween: between,
    meanSquareWithin: within,
    itemVariance: Math.max(0, (between - within) / repeats),
    repeatVariance: within,
    meanVariance: between / (items * repeats),
  };
}

/** The number of repeats an item that buys most: √(cost_item σ²_rep / (cost_rep σ²_item)), 1 at least. */
export function bestRepeats(variance: RepeatsVariance, itemCost: number, repeatCost: number): number {
  if (variance.itemVariance === 0) return Infinity;
  const best = Math.sqrt((itemCost * variance.repeatVariance) / (repeatCost * variance.itemVariance));
  return Math.max(1, best);
}
