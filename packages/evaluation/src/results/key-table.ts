import { hexOf } from './digest-column.ts';
import { dropped, grown } from './grown.ts';
import { type Key, keyOfHex } from './item-key.ts';

/** Slots, in numbers, from which on a table is three quarters full before it grows, and by two: far less memory for more collisions. */
const LARGE = 2 ** 23;

/** Whether slots of so many numbers hold as many rows as they should. */
const isFull = (rows: number, length: number): boolean =>
  4 * rows > length && (length < LARGE || 8 * rows > 3 * length);

const nextSize = (length: number): number => (length < LARGE ? 4 : 2) * length;

/** What a table is made of, to hand it to another thread. */
export interface KeyTableParts {
  /** Four words a row. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly slots: Int32Array<ArrayBuffer>;
  readonly rows: number;
}

/**
 * A set of 128-bit keys, each with the row number it was given when it first came. Open addressing over typed
 * arrays: a million keys cost 32 to 48 MB, where a Map of strings would cost 120.
 */
export class KeyTable {
  /** Four words a row. */
  words: Uint32Array<ArrayBuffer> = new Uint32Array(4 * 256);
  /** Two numbers a slot: the row (-1: free) and the first word of its key, which tells most keys apart at once. */
  private slots: Int32Array<ArrayBuffer> = new Int32Array(2048).fill(-1);
  private rows = 0;
  private readonly scratch = new Uint32Array(4);

  /** The table of what `parts` gave; it holds the very arrays. */
  static fromParts({ words, slots, rows }: KeyTableParts): KeyTable {
    const table = new KeyTable();
    table.words = words;
    table.slots = slots;
    table.rows = rows;
    return table;
  }

  parts(): KeyTableParts {
    return { words: this.words, slots: this.slots, rows: this.rows };
  }

  get size(): number {
    return this.rows;
  }

  /** The row of a key of 32 hex digits, or -1. */
  find(hex: string): number {
    const [a, b, c, d] = keyOfHex(hex, this.scratch) as unknown as [number, number, number, number];
    return Math.max(-1, this.lookup(a, b, c, d));
  }

  /** The row in this table of row `row` of another table, or -1. */
  findRow(other: KeyTable, row: number): number {
    const w = other.words;
    const i = 4 * row;
    return Math.max(
      -1,
      this.lookup(w[i] as number, w[i + 1] as number, w[i + 2] as number, w[i + 3] as number),
    );
  }

  /** The row of a key of 32 hex digits, added at the end when it is new. */
  add(hex: string): number {
    return this.addKey(keyOfHex(hex, this.scratch));
  }

  /** The row of a key, added at the end when it is new. */
  addKey(key: Key): number {
    const a = key[0] as number;
    const b = key[1] as number;
    const c = key[2] as number;
    const d = key[3] as number;
    const found = this.lookup(a, b, c, d);
    if (found >= 0) return found;
    const row = this.rows++;
    if (4 * this.rows > this.words.length) {
      this.words = grown(this.words, 8 * this.rows);
    }
    const w = this.words;
    w[4 * row] = a;
    w[4 * row + 1] = b;
    w[4 * row + 2] = c;
    w[4 * row + 3] = d;
    const free = ~found;
    this.slots[free] = row;
    this.slots[free + 1] = a;
    if (isFull(this.rows, this.slots.length)) this.rehash(nextSize(this.slots.length));
    return row;
  }

  /** Makes room for so many keys at once: growing to it would place every key several times. */
  reserve(rows: number): void {
    if (4 * rows > this.words.length) this.words = grown(this.words, 4 * rows);
    let size = this.slots.length;
    while (isFull(rows, size)) size = nextSize(size);
    if (size > this.slots.length) this.rehash(size);
  }

  /** Gives back the memory kept for more keys. */
  trim(): void {
    this.words = grown(this.words, 4 * this.rows);
  }

  /** The key of a row, as 32 hex digits. */
  key(row: number): string {
    return hexOf(this.words, row);
  }

  /** The row of a key, or the complement of the slot where it would be put. */
  private lookup(a: number, b: number, c: number, d: number): number {
    const { slots, words } = this;
    const mask = slots.length - 2;
    const first = a | 0;
    for (let s = (a << 1) & mask; ; s = (s + 2) & mask) {
      const row = slots[s] as number;
      if (row < 0) return ~s;
      if (slots[s + 1] !== first) continue;
      const i = 4 * row;
      if (words[i + 1] === b && words[i + 2] === c && words[i + 3] === d) return row;
    }
  }

  private rehash(size: number): void {
    dropped(this.slots); // all is made again from the rows
    const slots = new Int32Array(size).fill(-1);
    const mask = slots.length - 2;
    for (let row = 0; row < this.rows; row++) {
      const a = this.words[4 * row] as number;
      let s = (a << 1) & mask;
      while ((slots[s] as number) >= 0) s = (s + 2) & mask;
      slots[s] = row;
      slots[s + 1] = a;
    }
    this.slots = slots;
  }
}
