import { type BleuTokenizer, bleuEncoder } from './bleu-tokenizers.ts';
import { NgramMatcher } from './ngram-matcher.ts';

export const BLEU_ORDER = 4;
/** Numbers an item: length of the hypothesis, of the closest reference, four counts of matches, four totals. */
export const BLEU_WIDTH = 2 + 2 * BLEU_ORDER;

export interface BleuOptions {
  readonly tokenizer?: BleuTokenizer;
  readonly lowercase?: boolean;
}

/** Makes the counts that BLEU is computed from, one item at a time. */
export function bleuCounter({
  tokenizer = '13a',
  lowercase = false,
}: BleuOptions = {}): (hypothesis: string, references: readonly string[]) => Float64Array {
  const matcher = new NgramMatcher();
  const encoder = bleuEncoder(tokenizer);
  const encode = (text: string): Int32Array => encoder(lowercase ? text.toLowerCase() : text);
  return (hypothesis, references) => {
    const said = encode(hypothesis);
    const wanted = references.map(encode);
    const counts = new Float64Array(BLEU_WIDTH);
    counts[0] = said.length;
    counts[1] = closest(
      said.length,
      wanted.map((tokens) => tokens.length),
    );
    for (const [i, order] of matcher.match(said, wanted, BLEU_ORDER).entries()) {
      counts[2 + i] = order.match;
      counts[2 + BLEU_ORDER + i] = order.hypothesis;
    }
    return counts;
  };
}

function closest(length: number, references: readonly number[]): number {
  let best = references[0] ?? 0;
  for (const other of references) {
    const [near, far] = [Math.abs(other - length), Math.abs(best - length)];
    if (near < far || (near === far && other < best)) best = other;
  }
  return best;
}

/**
 * BLEU in 0..100 of counts added up over a corpus, with exponential smoothing.
 *
 * @param effectiveOrder leaves out orders that the text is too short for: for single sentences only
 *
 * Source: sacrebleu 2.6, `nrefs:var|eff:no|smooth:exp`; Post, WMT 2018.
 */
export function bleuOf(counts: ArrayLike<number>, effectiveOrder = false): number {
  const [said, wanted] = [counts[0] as number, counts[1] as number];
  const penalty = said >= wanted ? 1 : said > 0 ? Math.exp(1 - wanted / said) : 0;
  let smooth = 1;
  let orders = BLEU_ORDER;
  let any = false;
  const logs: number[] = new Array(BLEU_ORDER).fill(NO_LOG);
  for (let n = 0; n < BLEU_ORDER; n++) any ||= (counts[2 + n] as number) > 0;
  if (!any) return 0;
  for (let n = 0; n < BLEU_ORDER; n++) {
    const match = counts[2 + n] as number;
    const total = counts[2 + BLEU_ORDER + n] as number;
    if (total === 0) break;
    if (effectiveOrder) orders = n + 1;
    if (match === 0) smooth *= 2;
    logs[n] = Math.log(match === 0 ? 100 / (smooth * total) : (100 * match) / total);
  }
  const sum = logs.slice(0, orders).reduce((a, b) => a + b, 0);
  return penalty * Math.exp(sum / orders);
}

/** What sacrebleu takes for the logarithm of 0. */
const NO_LOG = -9999999999;

/** BLEU of a corpus: one list of references an item. */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): number {
  const count = bleuCounter(options);
  const sums = new Float64Array(BLEU_WIDTH);
  for (const [i, hypothesis] of hypotheses.entries()) {
    const counts = count(hypothesis, references[i] ?? []);
    for (let k = 0; k < BLEU_WIDTH; k++) sums[k] = (sums[k] as number) + (counts[k] as number);
  }
  return bleuOf(sums);
}

/** BLEU of one sentence, with effective order. */
export function sentenceBleu(
  hypothesis: string,
  references: readonly string[],
  options: BleuOptions = {},
): number {
  return bleuOf(bleuCounter(options)(hypothesis, references), true);
}
