import { lcsLength, lcsPositions } from './lcs.ts';
import { NgramMatcher } from './ngram-matcher.ts';
import { WordEncoder } from './word-encoder.ts';

export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  readonly fmeasure: number;
}

export type RougeType = 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum';

/**
 * ROUGE of a prediction against a target, English only: everything but `[a-z0-9]` is a separator, so a Chinese text scores
 * 0 against itself (see `rougeChinese`). `rougeLsum` takes line breaks for the ends of sentences.
 *
 * @param types those that are computed; the others are NaN
 *
 * Source: rouge_score 0.1.2, without stemmer; Lin, ACL workshop 2004.
 */
export function rouge(
  types: readonly RougeType[] = ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'],
): (prediction: string, target: string) => Record<RougeType, PrecisionRecall> {
  const matcher = new NgramMatcher();
  const words = new WordEncoder((word) => word.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  const encode = (text: string): Int32Array => words.encode(text);
  const orders = types.includes('rouge2') ? 2 : Number(types.includes('rouge1'));
  const sentences = (text: string): Int32Array[] =>
    text
      .split('\n')
      .filter((line) => line.length > 0)
      .map(encode);
  return (prediction, target) => {
    const said = encode(prediction);
    const wanted = encode(target);
    const [one, two] = matcher.match(said, [wanted], orders);
    return {
      rouge1: one ? ratios(one.match, said.length, wanted.length) : NONE,
      rouge2: two ? ratios(two.match, said.length - 1, wanted.length - 1) : NONE,
      rougeL: types.includes('rougeL') ? ratios(lcsLength(wanted, said), said.length, wanted.length) : NONE,
      rougeLsum: types.includes('rougeLsum') ? summaryLevel(sentences(prediction), sentences(target)) : NONE,
    };
  };
}

/** Of a type that was not asked for. */
const NONE: PrecisionRecall = { precision: Number.NaN, recall: Number.NaN, fmeasure: Number.NaN };

function ratios(match: number, said: number, wanted: number): PrecisionRecall {
  const precision = match / Math.max(1, said);
  const recall = match / Math.max(1, wanted);
  return {
    precision,
    recall,
    fmeasure: precision + recall > 0 ? (2 * precision * recall) / (precision + recall) : 0,
  };
}

/** The union of each target sentence's common subsequences with all predicted ones, no token counted twice. */
function summaryLevel(prediction: readonly Int32Array[], target: readonly Int32Array[]): PrecisionRecall {
  const total = (list: readonly Int32Array[]): number => list.reduce((sum, tokens) => sum + tokens.length, 0);
  const left = { said: countsOf(prediction), wanted: countsOf(target) };
  let hits = 0;
  for (const sentence of target) {
    const union = new Set(prediction.flatMap((other) => lcsPositions(sentence, other)));
    for (const position of [...union].sort((a, b) => a - b)) {
      const token = sentence[position] as number;
      const [said, wanted] = [left.said.get(token) ?? 0, left.wanted.get(token) ?? 0];
      if (said <= 0 || wanted <= 0) continue;
      hits++;
      left.said.set(token, said - 1);
      left.wanted.set(token, wanted - 1);
    }
  }
  return ratios(hits, total(prediction), total(target));
}

function countsOf(sentences: readonly Int32Array[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const tokens of sentences) for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
