import { CORPUS_STATISTICS, type CorpusKind } from '../scorers/corpus-statistics.ts';

/**
 * The counts that a corpus figure (BLEU, chrF, perplexity) is computed from, a row an item. Such a figure is no mean of
 * item scores; its interval is bootstrapped over these rows.
 */
export class CorpusColumn {
  readonly kind: CorpusKind;
  readonly width: number;
  /** The figure of counts that were added up. */
  readonly statistic: (sums: ArrayLike<number>) => number;
  private counts: Float64Array;
  private given = new Uint8Array(64);

  constructor(kind: CorpusKind) {
    this.kind = kind;
    this.width = CORPUS_STATISTICS[kind].width;
    this.statistic = CORPUS_STATISTICS[kind].statistic;
    this.counts = new Float64Array(64 * this.width);
  }

  set(row: number, counts: ArrayLike<number>): void {
    if (row >= this.given.length) {
      const size = Math.max(row + 1, 2 * this.given.length);
      const given = new Uint8Array(size);
      given.set(this.given);
      this.given = given;
      const wider = new Float64Array(size * this.width);
      wider.set(this.counts);
      this.counts = wider;
    }
    this.given[row] = 1;
    this.counts.set(counts, row * this.width);
  }

  has(row: number): boolean {
    return this.given[row] === 1;
  }

  /** The counts of a row, not a copy. */
  at(row: number): Float64Array {
    return this.counts.subarray(row * this.width, (row + 1) * this.width);
  }

  /** The figure of the first `size` rows. */
  figure(size: number): number {
    const sums = new Float64Array(this.width);
    for (let row = 0; row < size; row++) {
      if (!this.has(row)) continue;
      const counts = this.at(row);
      for (let k = 0; k < this.width; k++) sums[k] = (sums[k] as number) + (counts[k] as number);
    }
    return this.statistic(sums);
  }
}
