import { createHash } from 'node:crypto';
import { grown } from './grown.ts';
import type { Key } from './item-key.ts';
import { inOrder } from './sorted-rows.ts';

/** What a column is made of, to hand it to another thread. */
export interface DigestColumnParts {
  /** Four words a row. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** 1: the row has one. */
  readonly given: Uint8Array<ArrayBuffer>;
  readonly filled: number;
}

/** Rows of 128-bit digests as four 32-bit words each. */
export class DigestColumn {
  private words: Uint32Array<ArrayBuffer> = new Uint32Array(4 * 256);
  private given: Uint8Array<ArrayBuffer> = new Uint8Array(256);
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
    if (row >= this.given.length) this.reserve(Math.max(row + 1, 2 * this.given.length));
    for (let i = 0; i < 4; i++) this.words[4 * row + i] = digest[i] as number;
    if (!this.given[row]) this.filled++;
    this.given[row] = 1;
  }

  /** Makes room for so many rows. */
  reserve(rows: number): void {
    if (rows <= this.given.length) return;
    this.words = grown(this.words, 4 * rows);
    this.given = grown(this.given, rows);
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

const scratch = Buffer.alloc(16);

/** Four words of a row as 32 hex digits. */
export function hexOf(words: Uint32Array, row: number): string {
  for (let i = 0; i < 4; i++) scratch.writeUInt32BE(words[4 * row + i] as number, 4 * i);
  return scratch.toString('hex');
}

/** How many digests are hashed at once. */
const BLOCK = 4096;

/** SHA-256 (64 hex digits) over `size` digests in sorted order, so that the order they came in does not matter. */
export function fingerprintOf(words: Uint32Array, size: number): string {
  const sha = createHash('sha256');
  const bytes = Buffer.alloc(16 * Math.min(BLOCK, size));
  let at = 0;
  for (const row of inOrder(words, size)) {
    for (let i = 4 * row; i < 4 * row + 4; i++) at = bytes.writeUInt32BE(words[i] as number, at);
    if (at < bytes.length) continue;
    sha.update(bytes);
    at = 0;
  }
  return sha.update(bytes.subarray(0, at)).digest('hex');
}
