import { codePoints, NgramMatcher } from './ngram-matcher.ts';
import { WordEncoder } from './word-encoder.ts';

export interface ChrfOptions {
  /** 0 for chrF, 2 for chrF++. */
  readonly wordOrder?: 0 | 2;
}

const CHAR_ORDER = 6;
const BETA = 2;
const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~');

/** Numbers an item: n-grams of hypothesis, reference and both, for each order. */
export function chrfWidth({ wordOrder = 0 }: ChrfOptions = {}): number {
  return 3 * (CHAR_ORDER + wordOrder);
}

/** Makes the counts that chrF is computed from; with several references those of the one that fits best. */
export function chrfCounter(
  options: ChrfOptions = {},
): (hypothesis: string, references: readonly string[]) => Float64Array {
  const { wordOrder = 0 } = options;
  const matcher = new NgramMatcher();
  const words = new WordEncoder(separated);
  const against = (hypothesis: string, reference: string): Float64Array => {
    const orders = matcher.match(codePoints(hypothesis), [codePoints(reference)], CHAR_ORDER);
    if (wordOrder > 0)
      orders.push(...matcher.match(words.encode(hypothesis), [words.encode(reference)], wordOrder));
    const counts = new Float64Array(3 * orders.length);
    for (const [i, order] of orders.entries()) {
      counts[3 * i] = order.reference > 0 ? order.hypothesis : 0;
      counts[3 * i + 1] = order.reference;
      counts[3 * i + 2] = order.match;
    }
    return counts;
  };
  return (hypothesis, references) => {
    let best = new Float64Array(chrfWidth(options));
    let highest = -1;
    for (const reference of references) {
      const counts = against(hypothesis, reference) as Float64Array<ArrayBuffer>;
      const score = chrfOf(counts);
      if (score > highest) {
        highest = score;
        best = counts;
      }
    }
    return best;
  };
}

/**
 * chrF in 0..100 of counts added up over a corpus.
 *
 * Source: sacrebleu 2.6, `nc:6|nw:0|space:no|eff:yes`; Popović, WMT 2015.
 */
export function chrfOf(counts: ArrayLike<number>): number {
  let precision = 0;
  let recall = 0;
  let orders = 0;
  for (let i = 0; i + 2 < counts.length; i += 3) {
    const [said, wanted, match] = [counts[i] as number, counts[i + 1] as number, counts[i + 2] as number];
    if (said === 0 || wanted === 0) continue;
    precision += match / said;
    recall += match / wanted;
    orders++;
  }
  if (precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return (100 * (1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall);
}

/** chrF of a corpus: one list of references an item. */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): number {
  const count = chrfCounter(options);
  const sums = new Float64Array(chrfWidth(options));
  for (const [i, hypothesis] of hypotheses.entries()) {
    const counts = count(hypothesis, references[i] ?? []);
    for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] as number) + (counts[k] as number);
  }
  return chrfOf(sums);
}

/** A word with a punctuation mark at one end taken off, the last first, as sacrebleu does for chrF++. */
function separated(word: string): string[] {
  const points = [...word];
  const [first, last] = [points[0] as string, points.at(-1) as string];
  if (points.length === 1) return [word];
  if (PUNCTUATION.has(last)) return [points.slice(0, -1).join(''), last];
  return PUNCTUATION.has(first) ? [first, points.slice(1).join('')] : [word];
}
