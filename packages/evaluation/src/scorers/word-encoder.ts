import { Vocabulary } from './ngram-matcher.ts';
import { isSpace } from './whitespace.ts';

/** So many words are remembered (a power of two); texts that never repeat a word must not fill the memory. */
const MOST_WORDS = 2 ** 17;
const SLOTS = 2 * MOST_WORDS;
const POOL = 2 ** 14;

/**
 * Turns texts into token numbers word by word. Tokenizers whose rules never look past white space give the same tokens for a word
 * wherever it stands, so each distinct word is cut once. Words are looked up by their characters in place: no string is
 * made of a word that is known.
 */
export class WordEncoder {
  private readonly tokensOf: (word: string) => readonly string[];
  private readonly vocabulary = new Vocabulary();
  private slots = new Int32Array(1024).fill(-1);
  private readonly hashes: number[] = [];
  private readonly words: string[] = [];
  private readonly idsOf: Int32Array[] = [];
  /** What is handed out are parts of this, one behind the other: an array of its own a text would cost more than its words. */
  private pool = new Int32Array(POOL);
  private from = 0;
  private length = 0;

  /** @param tokensOf the tokens of a word that has white space on both sides */
  constructor(tokensOf: (word: string) => readonly string[]) {
    this.tokensOf = tokensOf;
  }

  encode(text: string): Int32Array {
    this.begin();
    let start = -1;
    let hash = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (isSpace(unit)) {
        if (start >= 0) this.add(this.known(text, start, i, hash));
        start = -1;
        hash = 0;
      } else {
        if (start < 0) start = i;
        hash = Math.imul(hash ^ unit, 0x01000193);
      }
    }
    if (start >= 0) this.add(this.known(text, start, text.length, hash));
    return this.end();
  }

  begin(): void {
    this.length = 0;
  }

  /** Adds a word of the text that was begun. */
  word(word: string): void {
    let hash = 0;
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
    this.add(this.known(word, 0, word.length, hash));
  }

  /** Adds tokens that are not a word's own. */
  tokens(tokens: readonly string[]): void {
    this.add(this.vocabulary.encode(tokens));
  }

  end(): Int32Array {
    const from = this.from;
    this.from += this.length;
    return this.pool.subarray(from, this.from);
  }

  private known(text: string, from: number, to: number, hash: number): Int32Array {
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const at = this.slots[slot] as number;
      if (at < 0) break;
      if (this.hashes[at] === hash && this.same(at, text, from, to)) return this.idsOf[at] as Int32Array;
    }
    const word = text.slice(from, to);
    const ids = this.vocabulary.encode(this.tokensOf(word));
    if (this.words.length < MOST_WORDS) {
      this.slots[slot] = this.words.length;
      this.hashes.push(hash);
      this.words.push(word);
      this.idsOf.push(ids);
      if (2 * this.words.length > this.slots.length && this.slots.length < SLOTS) this.widen();
    }
    return ids;
  }

  private same(at: number, text: string, from: number, to: number): boolean {
    const word = this.words[at] as string;
    if (word.length !== to - from) return false;
    for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== text.charCodeAt(from + i)) return false;
    return true;
  }

  private widen(): void {
    const slots = new Int32Array(4 * this.slots.length).fill(-1);
    const mask = slots.length - 1;
    for (const [at, hash] of this.hashes.entries()) {
      let slot = (hash ^ (hash >>> 15)) & mask;
      while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      slots[slot] = at;
    }
    this.slots = slots;
  }

  private add(ids: Int32Array): void {
    if (this.from + this.length + ids.length > this.pool.length) {
      const begun = this.pool.subarray(this.from, this.from + this.length);
      this.pool = new Int32Array(Math.max(POOL, 2 * (this.length + ids.length)));
      this.pool.set(begun);
      this.from = 0;
    }
    const to = this.from + this.length;
    for (let i = 0; i < ids.length; i++) this.pool[to + i] = ids[i] as number;
    this.length += ids.length;
  }
}
