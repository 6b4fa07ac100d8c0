import { digestOf } from './digest.ts';
import { DigestColumn, fingerprintOf } from './digest-column.ts';
import { KeyTable } from './key-table.ts';
import { LabelColumn } from './label-column.ts';

/** What an item is known by when it arrives from a file. */
export interface ItemSeen {
  /** The sample id of the evaluator, where it has a real one (not a position). */
  readonly id?: string;
  /** Digest of the input and the target, 32 hex digits; absent when the file holds neither. */
  readonly content?: string;
  /** Digest of the prompt as the model saw it, where the file gives one. */
  readonly prompt?: string;
  /** Where the item lies in its file, in the reader's own measure (a byte offset, an index). */
  readonly at?: number;
}

/** What the identity of the items rests on. */
export type Identity = 'input and target' | 'sample id';

/**
 * The items of one task: keys that pair, digests that tell data sets apart, slices. An item is paired by its
 * sample id, else by the digest of its content, never by its position.
 */
export class Items {
  readonly keys = new KeyTable();
  readonly slices = new Map<string, LabelColumn>();
  /** Scores beyond an item's first in the first series: repeats, epochs, rows of the same content. */
  repeated = 0;
  private contents = new DigestColumn();
  private places = new Float64Array(256).fill(-1);
  private withPrompt = 0;
  private promptWords = new Uint32Array(4);
  private byId = false;

  get size(): number {
    return this.keys.size;
  }

  /** The row of an item, added when it is new. */
  add(item: ItemSeen): number {
    const key = item.id !== undefined ? digestOf('id', item.id) : item.content;
    if (key === undefined) throw new TypeError('an item needs an id or the digest of its content');
    const before = this.keys.size;
    const row = this.keys.add(key);
    if (row < before) return row;
    if (item.id !== undefined) {
      this.byId = true;
      if (item.content !== undefined) this.contents.set(row, item.content);
    }
    if (item.prompt !== undefined) this.foldPrompt(item.prompt);
    if (item.at !== undefined) this.setPlace(row, item.at);
    return row;
  }

  /** Adds an item by the key and content that `keys.key` and `content` gave. */
  restore(key: string, content: string | null): number {
    const row = this.keys.add(key);
    if (content !== null && content !== key) {
      this.byId = true;
      this.contents.set(row, content);
    } else if (content === null) this.byId = true;
    return row;
  }

  /** Sets what `promptsDigest` gives, after `restore`. */
  restorePrompts(digest: string): void {
    this.withPrompt = this.size;
    for (let i = 0; i < 4; i++) this.promptWords[i] = Number.parseInt(digest.slice(8 * i, 8 * i + 8), 16);
  }

  /** The digest of an item's input and target, or null. */
  content(row: number): string | null {
    return this.byId ? this.contents.get(row) : this.keys.key(row);
  }

  /** Where the item lies in its file; -1 when unknown. */
  place(row: number): number {
    return row < this.places.length ? (this.places[row] as number) : -1;
  }

  setSlice(row: number, name: string, label: string): void {
    let column = this.slices.get(name);
    if (!column) {
      column = new LabelColumn();
      this.slices.set(name, column);
    }
    column.set(row, label);
  }

  get identity(): Identity {
    return !this.byId || this.contents.filled === this.size ? 'input and target' : 'sample id';
  }

  /** SHA-256 over the items' sorted digests, whatever their order in the file: 64 hex digits. */
  fingerprint(): string {
    if (this.byId && this.identity === 'input and target') return this.contents.fingerprint(this.size);
    return fingerprintOf(this.keys.words, this.size);
  }

  /** One digest over all prompts, in any order; null when the file does not give them for every item. */
  promptsDigest(): string | null {
    if (this.size === 0 || this.withPrompt !== this.size) return null;
    return [...this.promptWords].map((w) => w.toString(16).padStart(8, '0')).join('');
  }

  private foldPrompt(hex: string): void {
    this.withPrompt++;
    // exclusive-or of independent digests: the order does not matter and nothing need be sorted
    for (let i = 0; i < 4; i++) {
      const word = Number.parseInt(hex.slice(8 * i, 8 * i + 8), 16) >>> 0;
      this.promptWords[i] = (this.promptWords[i] as number) ^ word;
    }
  }

  private setPlace(row: number, at: number): void {
    if (row >= this.places.length) {
      const wider = new Float64Array(Math.max(row + 1, 2 * this.places.length)).fill(-1);
      wider.set(this.places);
      this.places = wider;
    }
    this.places[row] = at;
  }
}
