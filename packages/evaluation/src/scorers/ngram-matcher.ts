import { isSpace } from './whitespace.ts';

/** Counts of one n-gram order in a hypothesis and its references. */
export interface OrderCounts {
  /** N-grams of the hypothesis, of the reference (with several: of their union, each by its largest count). */
  readonly hypothesis: number;
  readonly reference: number;
  /** Those in common, each as often as in both. */
  readonly match: number;
  /** The same without repetitions. */
  readonly uniqueHypothesis: number;
  readonly uniqueReference: number;
  readonly uniqueMatch: number;
}

/**
 * Counts n-grams of token numbers in typed arrays. An n-gram's number is looked up from the number of its first n - 1
 * tokens and its last token, so no n-gram is ever built as a string; the tables are used again for the next pair.
 */
export class NgramMatcher {
  private left = new Int32Array(1024);
  private right = new Int32Array(1024);
  private stamp = new Uint32Array(1024);
  private number = new Int32Array(1024);
  private inHypothesis = new Int32Array(1024);
  private inReference = new Int32Array(1024);
  private inOther = new Int32Array(1024);
  private readonly ids: Int32Array[] = [];
  private now = 0;
  private next = 0;

  /** Orders 1 to `order`. */
  match(hypothesis: Int32Array, references: readonly Int32Array[], order: number): OrderCounts[] {
    const sides = [hypothesis, ...references];
    this.reserve(sides);
    const result: OrderCounts[] = [];
    for (let n = 1; n <= order; n++) {
      this.now++;
      this.next = 0;
      for (const [s, tokens] of sides.entries()) this.extend(tokens, this.ids[s] as Int32Array, n);
      result.push(this.count(sides, n));
    }
    return result;
  }

  /** Replaces the number of each (n-1)-gram by that of the n-gram that starts there. */
  private extend(tokens: Int32Array, ids: Int32Array, n: number): void {
    const last = tokens.length - n;
    if (n === 1) for (let i = 0; i <= last; i++) ids[i] = this.lookup(tokens[i] as number, -1);
    else for (let i = 0; i <= last; i++) ids[i] = this.lookup(ids[i] as number, tokens[i + n - 1] as number);
  }

  private count(sides: readonly Int32Array[], n: number): OrderCounts {
    const { inHypothesis: said, inReference: wanted, inOther: other, next } = this;
    said.fill(0, 0, next);
    wanted.fill(0, 0, next);
    for (let s = 0; s < sides.length; s++) {
      const ids = this.ids[s] as Int32Array;
      const counts = s === 0 ? said : s === 1 ? wanted : other.fill(0, 0, next);
      for (let i = (sides[s] as Int32Array).length - n; i >= 0; i--) {
        const g = ids[i] as number;
        counts[g] = (counts[g] as number) + 1;
      }
      if (s > 1)
        for (let g = 0; g < next; g++)
          if ((other[g] as number) > (wanted[g] as number)) wanted[g] = other[g] as number;
    }
    const counts = {
      hypothesis: 0,
      reference: 0,
      match: 0,
      uniqueHypothesis: 0,
      uniqueReference: 0,
      uniqueMatch: 0,
    };
    for (let g = 0; g < next; g++) {
      const h = said[g] as number;
      const r = wanted[g] as number;
      counts.hypothesis += h;
      counts.reference += r;
      if (h > 0) counts.uniqueHypothesis++;
      if (r > 0) counts.uniqueReference++;
      if (h > 0 && r > 0) {
        counts.uniqueMatch++;
        counts.match += Math.min(h, r);
      }
    }
    return counts;
  }

  private lookup(left: number, right: number): number {
    const mask = this.left.length - 1;
    for (let s = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) & mask; ; s = (s + 1) & mask) {
      if (this.stamp[s] !== this.now) {
        this.stamp[s] = this.now;
        this.left[s] = left;
        this.right[s] = right;
        this.number[s] = this.next;
        return this.next++;
      }
      if (this.left[s] === left && this.right[s] === right) return this.number[s] as number;
    }
  }

  private reserve(sides: readonly Int32Array[]): void {
    let all = 0;
    for (const [s, tokens] of sides.entries()) {
      all += tokens.length;
      if ((this.ids[s]?.length ?? 0) < tokens.length) this.ids[s] = new Int32Array(2 * tokens.length);
      this.ids[s] ??= new Int32Array(16);
    }
    if (2 * all < this.left.length) return;
    const size = 2 ** Math.ceil(Math.log2(2 * all + 1));
    this.left = new Int32Array(size);
    this.right = new Int32Array(size);
    this.stamp = new Uint32Array(size);
    this.number = new Int32Array(size);
    this.inHypothesis = new Int32Array(size);
    this.inReference = new Int32Array(size);
    this.inOther = new Int32Array(size);
    this.now = 1;
  }
}

/** Gives each distinct text a number. */
export class Vocabulary {
  private readonly numbers = new Map<string, number>();

  encode(tokens: readonly string[]): Int32Array {
    const ids = new Int32Array(tokens.length);
    for (let i = 0; i < tokens.length; i++) {
      const token = tokens[i] as string;
      let id = this.numbers.get(token);
      if (id === undefined) {
        id = this.numbers.size;
        this.numbers.set(token, id);
      }
      ids[i] = id;
    }
    return ids;
  }
}

/** The code points of a text without its white space. */
export function codePoints(text: string): Int32Array {
  const points = new Int32Array(text.length);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i) as number;
    if (c > 0xffff) i++;
    else if (isSpace(c)) continue;
    points[n++] = c;
  }
  return points.subarray(0, n);
}
