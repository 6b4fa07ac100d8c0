import { createHash } from 'node:crypto';
import type { Key } from './item-key.ts';

/** What a column is made of, to hand it to another thread. */
export interface DigestColumnParts {
  /** Four words a row. */
  readonly words: Uint32Array;
  /** 1: the row has one. */
  readonly given: Uint8Array;
  readonly filled: number;
}

/** Rows of 128-bit digests as four 32-bit words each. */
export class DigestColumn {
  private words: Uint32Array = new Uint32Array(4 * 256);
  private given: Uint8Array = new Uint8Array(256);
  /** How many rows have one. */
  filled = 0;

  /** The column of what `parts` gave; it holds the very arrays. */
  static fromParts({ words, given, filled }: DigestColumnParts): DigestColumn {
    const column = new DigestColumn();
    column.words = words;
    column.given = given;
    column.filled = filled;
    return column;
  }

  parts(): DigestColumnParts {
    return { words: this.words, given: this.given, filled: this.filled };
  }

  set(row: number, digest: Key): void {
    if (row >= this.given.length) {
      const size = Math.max(row + 1, 2 * this.given.length);
      const words = new Uint32Array(4 * size);
      words.set(this.words);
      this.words = words;
      const given = new Uint8Array(size);
      given.set(this.given);
      this.given = given;
    }
    for (let i = 0; i < 4; i++) this.words[4 * row + i] = digest[i] as number;
    if (!this.given[row]) this.filled++;
    this.given[row] = 1;
  }

  /** The digest of a row as 32 hex digits; null where there is none. */
  get(row: number): string | null {
    return this.given[row] ? hexOf(this.words, row) : null;
  }

  /** Whether row `row` has the digest that row `otherRow` of another column has; true where one of them has none. */
  agrees(row: number, other: DigestColumn, otherRow: number): boolean {
    return !this.given[row] || !other.given[otherRow] || sameWords(this.words, row, other.words, otherRow);
  }

  fingerprint(size: number): string {
    return fingerprintOf(this.words, size);
  }
}

/** Whether two rows have the same four words. */
export function sameWords(words: Uint32Array, row: number, others: Uint32Array, otherRow: number): boolean {
  const i = 4 * row;
  const j = 4 * otherRow;
  return (
    words[i] === others[j] &&
    words[i + 1] === others[j + 1] &&
    words[i + 2] === others[j + 2] &&
    words[i + 3] === others[j + 3]
  );
}

/** Four words of a row as 32 hex digits. */
export function hexOf(words: Uint32Array, row: number): string {
  let hex = '';
  for (let i = 4 * row; i < 4 * row + 4; i++) hex += (words[i] as number).toString(16).padStart(8, '0');
  return hex;
}

/** SHA-256 (64 hex digits) over `size` digests in sorted order, so that the order they came in does not matter. */
export function fingerprintOf(words: Uint32Array, size: number): string {
  const bytes = Buffer.alloc(16 * size);
  let at = 0;
  for (const row of sortedRows(words, size)) {
    for (let i = 4 * row; i < 4 * row + 4; i++) at = bytes.writeUInt32BE(words[i] as number, at);
  }
  return createHash('sha256').update(bytes).digest('hex');
}

const ROW_BITS = 21;

function sortedRows(words: Uint32Array, size: number): Iterable<number> {
  const compare = (p: number, q: number): number => {
    for (let i = 0; i < 4; i++) {
      const d = (words[4 * p + i] as number) - (words[4 * q + i] as number);
      if (d !== 0) return d;
    }
    return 0;
  };
  if (size > 2 ** ROW_BITS) return Uint32Array.from({ length: size }, (_, i) => i).sort(compare);
  // first word and row share a double: numbers sort an order of magnitude faster than by a callback
  const packed = new Float64Array(size);
  for (let row = 0; row < size; row++) packed[row] = (words[4 * row] as number) * 2 ** ROW_BITS + row;
  packed.sort();
  const rows = Uint32Array.from(packed, (p) => p % 2 ** ROW_BITS);
  for (let from = 0; from < size; ) {
    let to = from + 1;
    while (to < size && words[4 * (rows[to] as number)] === words[4 * (rows[from] as number)]) to++;
    if (to > from + 1) rows.subarray(from, to).sort(compare);
    from = to;
  }
  return rows;
}
