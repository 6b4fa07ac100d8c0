import { Vocabulary } from './ngram-matcher.ts';
import { isSpace } from './whitespace.ts';

/** So many words are remembered; texts that never repeat a word must not fill the memory. */
const MOST_WORDS = 200_000;

/**
 * Turns texts into token numbers word by word. Tokenizers whose rules never look past white space give the same tokens for a word
 * wherever it stands, so each distinct word is cut once.
 */
export class WordEncoder {
  private readonly tokensOf: (word: string) => readonly string[];
  private readonly vocabulary = new Vocabulary();
  private readonly known = new Map<string, Int32Array>();
  private ids = new Int32Array(256);
  private length = 0;

  /** @param tokensOf the tokens of a word that has white space on both sides */
  constructor(tokensOf: (word: string) => readonly string[]) {
    this.tokensOf = tokensOf;
  }

  encode(text: string): Int32Array {
    this.begin();
    let start = -1;
    for (let i = 0; i < text.length; i++) {
      if (isSpace(text.charCodeAt(i))) {
        if (start >= 0) this.word(text.slice(start, i));
        start = -1;
      } else if (start < 0) start = i;
    }
    if (start >= 0) this.word(text.slice(start));
    return this.end();
  }

  begin(): void {
    this.length = 0;
  }

  /** Adds a word of the text that was begun. */
  word(word: string): void {
    let ids = this.known.get(word);
    if (!ids) {
      ids = this.vocabulary.encode(this.tokensOf(word));
      if (this.known.size >= MOST_WORDS) this.known.clear();
      this.known.set(word, ids);
    }
    this.add(ids);
  }

  /** Adds tokens that are not a word's own. */
  tokens(tokens: readonly string[]): void {
    this.add(this.vocabulary.encode(tokens));
  }

  end(): Int32Array {
    return this.ids.slice(0, this.length);
  }

  private add(ids: Int32Array): void {
    if (this.length + ids.length > this.ids.length) {
      const wider = new Int32Array(2 * (this.length + ids.length));
      wider.set(this.ids);
      this.ids = wider;
    }
    for (let i = 0; i < ids.length; i++) this.ids[this.length++] = ids[i] as number;
  }
}
