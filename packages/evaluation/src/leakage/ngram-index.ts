import { digestOf } from '../results/digest.ts';
import { KeyTable } from '../results/key-table.ts';
import { tokensOf } from './tokens.ts';

/** An n-gram that more than this share of the items have (and more than a few) is their template. */
const SHARED = 0.01;
const FEW = 3;

/** The n-grams of many items, and which of them were seen in other texts. */
export class NgramIndex {
  private readonly n: number;
  private readonly keys = new KeyTable();
  private readonly itemsWith: number[] = [];
  private readonly items: Int32Array[] = [];
  private readonly lengths = new Set<number>();
  private seen = new Uint8Array();
  private shared: Uint8Array = new Uint8Array();

  constructor(n: number) {
    this.n = n;
  }

  addItem(text: string): void {
    const tokens = tokensOf(text);
    // an item shorter than n must be found whole
    const length = Math.min(this.n, tokens.length);
    const grams = new Set<number>();
    if (length > 0) {
      this.lengths.add(length);
      for (let at = 0; at + length <= tokens.length; at++)
        grams.add(this.keys.add(keyOf(tokens, at, length)));
    }
    for (const gram of grams) this.itemsWith[gram] = (this.itemsWith[gram] ?? 0) + 1;
    this.items.push(Int32Array.from(grams));
  }

  /** To be called once all items are there. */
  dropShared(): void {
    const most = Math.max(FEW, SHARED * this.items.length);
    this.shared = Uint8Array.from(this.itemsWith, (count) => Number(count > most));
    this.seen = new Uint8Array(this.keys.size);
  }

  /** Marks the n-grams of a text. */
  see(text: string): void {
    const tokens = tokensOf(text);
    for (const length of this.lengths) {
      for (let at = 0; at + length <= tokens.length; at++) {
        const gram = this.keys.find(keyOf(tokens, at, length));
        if (gram >= 0) this.seen[gram] = 1;
      }
    }
  }

  /** The share of an item's own n-grams that were seen; null when it has none of its own. */
  overlap(item: number): number | null {
    let own = 0;
    let found = 0;
    for (const gram of this.items[item] ?? []) {
      if (this.shared[gram]) continue;
      own++;
      if (this.seen[gram]) found++;
    }
    return own === 0 ? null : found / own;
  }
}

function keyOf(tokens: readonly string[], at: number, length: number): string {
  return digestOf(tokens.slice(at, at + length).join(' '));
}
