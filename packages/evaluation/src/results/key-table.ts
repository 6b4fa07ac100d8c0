import { hexOf } from './digest-column.ts';

const HEX = new Int8Array(128).fill(-1);
for (let i = 0; i < 16; i++) {
  HEX['0123456789abcdef'.charCodeAt(i)] = i;
  HEX['0123456789ABCDEF'.charCodeAt(i)] = i;
}

/** Eight hex digits from `at` as an unsigned 32-bit word. */
function word(hex: string, at: number): number {
  let w = 0;
  for (let i = at; i < at + 8; i++) w = (w << 4) | (HEX[hex.charCodeAt(i)] as number);
  return w >>> 0;
}

/**
 * A set of 128-bit keys, each with the row number it was given when it first came. Open addressing over typed
 * arrays: a million keys cost 24 MB, where a Map of strings would cost 120.
 */
export class KeyTable {
  /** Four words a row. */
  words = new Uint32Array(4 * 256);
  private slots = new Int32Array(1024).fill(-1);
  private rows = 0;

  get size(): number {
    return this.rows;
  }

  /** The row of a key of 32 hex digits, or -1. */
  find(hex: string): number {
    return this.lookup(word(hex, 0), word(hex, 8), word(hex, 16), word(hex, 24));
  }

  /** The row in this table of row `row` of another table, or -1. */
  findRow(other: KeyTable, row: number): number {
    const w = other.words;
    const i = 4 * row;
    return this.lookup(w[i] as number, w[i + 1] as number, w[i + 2] as number, w[i + 3] as number);
  }

  /** The row of a key, added at the end when it is new. */
  add(hex: string): number {
    const a = word(hex, 0);
    const b = word(hex, 8);
    const c = word(hex, 16);
    const d = word(hex, 24);
    const found = this.lookup(a, b, c, d);
    if (found >= 0) return found;
    if (4 * (this.rows + 1) > this.words.length) {
      const wider = new Uint32Array(2 * this.words.length);
      wider.set(this.words);
      this.words = wider;
    }
    const row = this.rows++;
    const w = this.words;
    w[4 * row] = a;
    w[4 * row + 1] = b;
    w[4 * row + 2] = c;
    w[4 * row + 3] = d;
    if (2 * this.rows > this.slots.length) this.rehash();
    else this.place(row);
    return row;
  }

  /** The key of a row, as 32 hex digits. */
  key(row: number): string {
    return hexOf(this.words, row);
  }

  private lookup(a: number, b: number, c: number, d: number): number {
    const mask = this.slots.length - 1;
    const w = this.words;
    for (let s = a & mask; ; s = (s + 1) & mask) {
      const row = this.slots[s] as number;
      if (row < 0) return -1;
      const i = 4 * row;
      if (w[i] === a && w[i + 1] === b && w[i + 2] === c && w[i + 3] === d) return row;
    }
  }

  private place(row: number): void {
    const mask = this.slots.length - 1;
    let s = (this.words[4 * row] as number) & mask;
    while ((this.slots[s] as number) >= 0) s = (s + 1) & mask;
    this.slots[s] = row;
  }

  private rehash(): void {
    this.slots = new Int32Array(2 * this.slots.length).fill(-1);
    for (let row = 0; row < this.rows; row++) this.place(row);
  }
}
