import { grown } from './grown.ts';

/** What a column is made of, to hand it to another thread. */
export interface LabelColumnParts {
  readonly labels: readonly string[];
  /** An index into `labels` a row, or -1. */
  readonly codes: Int32Array<ArrayBuffer>;
}

/** One text an item (a slice, a cluster), each distinct text kept once. */
export class LabelColumn {
  readonly labels: string[] = [];
  private codes: Int32Array<ArrayBuffer> = new Int32Array(256).fill(-1);
  private known = new Map<string, number>();

  /** The column of what `parts` gave; it holds the very array of codes. */
  static fromParts({ labels, codes }: LabelColumnParts): LabelColumn {
    const column = new LabelColumn();
    for (const label of labels) column.known.set(label, column.labels.push(label) - 1);
    column.codes = codes;
    return column;
  }

  parts(): LabelColumnParts {
    return { labels: this.labels, codes: this.codes };
  }

  set(row: number, label: string): void {
    if (row >= this.codes.length) {
      const before = this.codes.length;
      this.codes = grown(this.codes, Math.max(row + 1, 2 * before)).fill(-1, before);
    }
    let code = this.known.get(label);
    if (code === undefined) {
      code = this.labels.push(label) - 1;
      this.known.set(label, code);
    }
    this.codes[row] = code;
  }

  /** The index into `labels`, or -1 where the item has none. */
  code(row: number): number {
    return row < this.codes.length ? (this.codes[row] as number) : -1;
  }
}
