import { DigestColumn, type DigestColumnParts, fingerprintOf, sameWords } from './digest-column.ts';
import { grown } from './grown.ts';
import { type Key, keyOfHex, keyOfId } from './item-key.ts';
import { KeyTable, type KeyTableParts } from './key-table.ts';
import { LabelColumn, type LabelColumnParts } from './label-column.ts';

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

/** What items are made of, to hand them to another thread. */
export interface ItemsParts {
  readonly keys: KeyTableParts;
  readonly slices: readonly (readonly [name: string, column: LabelColumnParts])[];
  readonly repeated: number;
  readonly contents: DigestColumnParts;
  readonly places: Float64Array<ArrayBuffer>;
  readonly withPrompt: number;
  readonly promptWords: Uint32Array;
  readonly byId: boolean;
}

/** What the identity of the items rests on. */
export type Identity = 'input and target' | 'sample id';

/**
 * The items of one task: keys that pair, digests that tell data sets apart, slices. An item is paired by its
 * sample id, else by the digest of its content, never by its position.
 */
export class Items {
  readonly keys: KeyTable;
  readonly slices = new Map<string, LabelColumn>();
  /** Scores beyond an item's first in the first series: repeats, epochs, rows of the same content. */
  repeated = 0;
  private contents = new DigestColumn();
  private places: Float64Array<ArrayBuffer> = new Float64Array(256).fill(-1);
  private withPrompt = 0;
  private promptWords: Uint32Array = new Uint32Array(4);
  private byId = false;
  private readonly joined = new WeakMap<
    Items,
    { readonly rows: Int32Array; readonly length: number; readonly others: number }
  >();

  constructor(keys = new KeyTable()) {
    this.keys = keys;
  }

  /** The items of what `parts` gave; they hold the very arrays. */
  static fromParts(parts: ItemsParts): Items {
    const items = new Items(KeyTable.fromParts(parts.keys));
    for (const [name, column] of parts.slices) items.slices.set(name, LabelColumn.fromParts(column));
    items.repeated = parts.repeated;
    items.contents = DigestColumn.fromParts(parts.contents);
    items.places = parts.places;
    items.withPrompt = parts.withPrompt;
    items.promptWords = parts.promptWords;
    items.byId = parts.byId;
    return items;
  }

  parts(): ItemsParts {
    return {
      keys: this.keys.parts(),
      slices: [...this.slices].map(([name, column]) => [name, column.parts()]),
      repeated: this.repeated,
      contents: this.contents.parts(),
      places: this.places,
      withPrompt: this.withPrompt,
      promptWords: this.promptWords,
      byId: this.byId,
    };
  }

  get size(): number {
    return this.keys.size;
  }

  /** The row of an item, added when it is new. */
  add(item: ItemSeen): number {
    if (item.id === undefined && item.content === undefined)
      throw new TypeError('an item needs an id or the digest of its content');
    const content = item.content === undefined ? null : keyOfHex(item.content);
    const before = this.keys.size;
    const row = this.addKey(item.id === undefined ? null : keyOfId(item.id), content, item.at);
    if (row === before && item.prompt !== undefined) this.foldPrompt(item.prompt);
    return row;
  }

  /** The row of an item that is known by the key of its id, else by the digest of its content. One of the two is given. */
  addKey(id: Key | null, content: Key | null, at?: number): number {
    const before = this.keys.size;
    const row = this.keys.addKey((id ?? content) as Key);
    if (row < before) return row;
    if (id) {
      this.byId = true;
      if (content) this.contents.set(row, content);
    }
    if (at !== undefined) this.setPlace(row, at);
    return row;
  }

  /** Adds an item by the key and content that `keys.key` and `content` gave. */
  restore(key: string, content: string | null): number {
    const row = this.keys.add(key);
    if (content !== null && content !== key) {
      this.byId = true;
      this.contents.set(row, keyOfHex(content));
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

  /** Whether two items have the same input and target, as far as both are known. */
  sameContent(row: number, other: Items, otherRow: number): boolean {
    if (this.byId && other.byId) return this.contents.agrees(row, other.contents, otherRow);
    if (!this.byId && !other.byId) return sameWords(this.keys.words, row, other.keys.words, otherRow);
    const [mine, theirs] = [this.content(row), other.content(otherRow)];
    return mine === null || theirs === null || mine === theirs;
  }

  /** The row of each item among others, -1 where it is not there. Found once, as long as neither side grows. */
  rowsIn(other: Items): Int32Array {
    const known = this.joined.get(other);
    if (known && known.length === this.size && known.others === other.size) return known.rows;
    const rows = new Int32Array(this.size);
    let next = 0;
    for (let row = 0; row < rows.length; row++) {
      // most files hold their items in the order of another: only where they do not is the item looked up
      const follows = next < other.size && sameWords(this.keys.words, row, other.keys.words, next);
      const found = follows ? next : other.keys.findRow(this.keys, row);
      rows[row] = found;
      if (found >= 0) next = found + 1;
    }
    this.joined.set(other, { rows, length: this.size, others: other.size });
    return rows;
  }

  /** Makes room for so many items, known as the first ones are. */
  reserve(items: number): void {
    this.keys.reserve(items);
    if (this.contents.filled > 0) this.contents.reserve(items);
    this.reservePlaces(items);
  }

  /** Gives back the memory kept for more items. */
  trim(): void {
    this.keys.trim();
    if (this.places.length > this.size) this.places = grown(this.places, this.size);
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
    if (row >= this.places.length) this.reservePlaces(Math.max(row + 1, 2 * this.places.length));
    this.places[row] = at;
  }

  private reservePlaces(items: number): void {
    const before = this.places.length;
    if (items > before) this.places = grown(this.places, items).fill(-1, before);
  }
}
