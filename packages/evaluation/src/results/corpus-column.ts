import type { CorpusKind } from '../scorers/corpus-statistics.ts';

/** What an item adds to a corpus figure: counts, or the label that was said and the one that was wanted. */
export type CorpusPart = ArrayLike<number> | readonly [said: string, wanted: string];

/**
 * What a corpus figure (BLEU, chrF, perplexity, F1) is computed from, a row an item. Such a figure is no mean of item
 * scores; its interval is bootstrapped over these rows.
 */
export interface CorpusColumn {
  readonly kind: CorpusKind;
  /** Counts of a row. */
  readonly width: number;
  /** The figure of counts that were added up. */
  readonly statistic: (sums: ArrayLike<number>) => number;
  set(row: number, part: CorpusPart): void;
  has(row: number): boolean;
  /** The counts of a row, not to be kept: the next call may reuse them. */
  at(row: number): ArrayLike<number>;
  /** What `set` was given. */
  part(row: number): CorpusPart;
  /** The figure of the first `size` rows. */
  figure(size: number): number;
}
