import { CORPUS_STATISTICS, type CorpusKind } from '../scorers/corpus-statistics.ts';
import type { CorpusColumn, CorpusPart } from './corpus-column.ts';
import { grown } from './grown.ts';

/** A corpus figure of a fixed number of counts, as BLEU's matches and lengths. */
export class CountsColumn implements CorpusColumn {
  readonly kind: CorpusKind;
  readonly width: number;
  readonly statistic: (sums: ArrayLike<number>) => number;
  private counts: Float64Array<ArrayBuffer>;
  private given = new Uint8Array(64);

  constructor(kind: CorpusKind) {
    this.kind = kind;
    this.width = CORPUS_STATISTICS[kind].width as number;
    this.statistic = CORPUS_STATISTICS[kind].statistic;
    this.counts = new Float64Array(64 * this.width);
  }

  set(row: number, part: CorpusPart): void {
    if (row >= this.given.length) {
      const size = Math.max(row + 1, 2 * this.given.length);
      this.given = grown(this.given, size);
      this.counts = grown(this.counts, size * this.width);
    }
    this.given[row] = 1;
    this.counts.set(part as ArrayLike<number>, row * this.width);
  }

  has(row: number): boolean {
    return this.given[row] === 1;
  }

  at(row: number): Float64Array {
    return this.counts.subarray(row * this.width, (row + 1) * this.width);
  }

  part(row: number): CorpusPart {
    return this.at(row);
  }

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
