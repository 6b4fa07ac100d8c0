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
  private now = 0;
  private next = 0;

  /** Orders 1 to `order`. */
  match(hypothesis: Int32Array, references: readonly Int32Array[], order: number): OrderCounts[] {
    const longest = references.reduce((sum, r) => sum + r.length, hypothesis.length);
    this.reserve(longest);
    const sides = [hypothesis, ...references].map((tokens) => ({ tokens, ids: Int32Array.from(tokens) }));
    const result: OrderCounts[] = [];
    for (let n = 1; n <= order; n++) {
      this.now++;
      this.next = 0;
      for (const side of sides) this.extend(side.tokens, side.ids, n);
      result.push(this.count(sides, n));
    }
    return result;
  }

  /** Replaces the number of each (n-1)-gram by that of the n-gram that starts there. */
  private extend(tokens: Int32Array, ids: Int32Array, n: number): void {
    const last = tokens.length - n;
    for (let i = 0; i <= last; i++) {
      ids[i] =
        n === 1
          ? this.lookup(tokens[i] as number, -1)
          : this.lookup(ids[i] as number, tokens[i + n - 1] as number);
    }
  }

  private count(sides: readonly { tokens: Int32Array; ids: Int32Array }[], n: number): OrderCounts {
    const inHypothesis = new Int32Array(this.next);
    const inReference = new Int32Array(this.next);
    for (const [s, { tokens, ids }] of sides.entries()) {
      const counts = s === 0 ? inHypothesis : s === 1 ? inReference : new Int32Array(this.next);
      for (let i = 0; i <= tokens.length - n; i++)
        counts[ids[i] as number] = (counts[ids[i] as number] as number) + 1;
      if (s > 1)
        for (let g = 0; g < counts.length; g++)
          inReference[g] = Math.max(inReference[g] as number, counts[g] as number);
    }
    const counts = {
      hypothesis: 0,
      reference: 0,
      match: 0,
      uniqueHypothesis: 0,
      uniqueReference: 0,
      uniqueMatch: 0,
    };
    for (let g = 0; g < this.next; g++) {
      const h = inHypothesis[g] as number;
      const r = inReference[g] as number;
      counts.hypothesis += h;
      counts.reference += r;
      counts.match += Math.min(h, r);
      if (h > 0) counts.uniqueHypothesis++;
      if (r > 0) counts.uniqueReference++;
      if (h > 0 && r > 0) counts.uniqueMatch++;
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

  private reserve(items: number): void {
    if (2 * items < this.left.length) return;
    const size = 2 ** Math.ceil(Math.log2(2 * items + 1));
    this.left = new Int32Array(size);
    this.right = new Int32Array(size);
    this.stamp = new Uint32Array(size);
    this.number = new Int32Array(size);
    this.now = 0;
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

/** The code points of a text. */
export function codePoints(text: string): Int32Array {
  const points = new Int32Array(text.length);
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i) as number;
    if (c > 0xffff) i++;
    points[n++] = c;
  }
  return points.subarray(0, n);
}
