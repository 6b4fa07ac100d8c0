/** One text an item (a slice, a cluster), each distinct text kept once. */
export class LabelColumn {
  readonly labels: string[] = [];
  private codes = new Int32Array(256).fill(-1);
  private known = new Map<string, number>();

  set(row: number, label: string): void {
    if (row >= this.codes.length) {
      const wider = new Int32Array(Math.max(row + 1, 2 * this.codes.length)).fill(-1);
      wider.set(this.codes);
      this.codes = wider;
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
