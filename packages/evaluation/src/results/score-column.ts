import { grown } from './grown.ts';

/** What a column is made of, to hand it to another thread. */
export interface ScoreColumnParts {
  readonly sums: Float64Array<ArrayBuffer>;
  /** null: no item has more than one score. */
  readonly squares: Float64Array<ArrayBuffer> | null;
  readonly counts: Uint16Array<ArrayBuffer>;
}

/**
 * The scores of one series, a row an item. Several scores of one item (repeats, epochs) are added up, never
 * counted as more items; an item without a score has count 0.
 */
export class ScoreColumn {
  private sums: Float64Array<ArrayBuffer> = new Float64Array(256);
  private squares: Float64Array<ArrayBuffer> | null = null;
  private counts: Uint16Array<ArrayBuffer> = new Uint16Array(256);

  /** The column of what `parts` gave; it holds the very arrays. */
  static fromParts({ sums, squares, counts }: ScoreColumnParts): ScoreColumn {
    const column = new ScoreColumn();
    column.sums = sums;
    column.squares = squares;
    column.counts = counts;
    return column;
  }

  parts(): ScoreColumnParts {
    return { sums: this.sums, squares: this.squares, counts: this.counts };
  }

  /** Adds a finite score to an item. */
  add(row: number, score: number): void {
    if (row >= this.sums.length) this.reserve(Math.max(row + 1, 2 * this.sums.length));
    if ((this.counts[row] as number) > 0 && !this.squares) {
      this.squares = this.sums.map((s) => s * s); // so far at most one score an item
    }
    this.sums[row] = (this.sums[row] as number) + score;
    this.counts[row] = (this.counts[row] as number) + 1;
    if (this.squares) this.squares[row] = (this.squares[row] as number) + score * score;
  }

  /** Sets what `mean`, `count` and `variance` gave of an item. */
  restore(row: number, mean: number, count: number, variance: number): void {
    if (count === 0) return;
    this.add(row, mean);
    if (count === 1) return;
    this.squares ??= this.sums.map((s) => s * s);
    this.sums[row] = mean * count;
    this.counts[row] = count;
    this.squares[row] = variance * (count - 1) + mean * mean * count;
  }

  /** Makes room for so many items. */
  reserve(items: number): void {
    if (items > this.sums.length) this.resize(items);
  }

  /** Gives back the memory kept for items beyond so many. */
  trim(items: number): void {
    if (items < this.sums.length) this.resize(items);
  }

  private resize(items: number): void {
    this.sums = grown(this.sums, items);
    if (this.squares) this.squares = grown(this.squares, items);
    this.counts = grown(this.counts, items);
  }

  /** How many scores the item has. */
  count(row: number): number {
    return row < this.counts.length ? (this.counts[row] as number) : 0;
  }

  /** The mean of the item's scores; NaN when it has none. */
  mean(row: number): number {
    const k = this.count(row);
    return k === 0 ? Number.NaN : (this.sums[row] as number) / k;
  }

  /** The unbiased variance of the item's scores; NaN with fewer than two. */
  variance(row: number): number {
    const k = this.count(row);
    if (k < 2 || !this.squares) return Number.NaN;
    const sum = this.sums[row] as number;
    return Math.max(0, (this.squares[row] as number) - (sum * sum) / k) / (k - 1);
  }
}
