import { lcsLength } from './lcs.ts';
import { NgramMatcher, Vocabulary } from './ngram-matcher.ts';
import type { PrecisionRecall } from './rouge.ts';
import { splitWords } from './whitespace.ts';

export type ChineseRougeType = 'rouge-1' | 'rouge-2' | 'rouge-l';

/** What rouge-chinese adds to the divisor of F. */
const EPSILON = 1e-8;

/**
 * ROUGE as rouge-chinese 1.0.3 computes it: n-grams count once however often they come, F has 1e-8 in its divisor. Texts
 * are tokens between spaces; `spacedCharacters` makes them of Chinese. An empty side scores 0 (rouge-chinese raises).
 */
export function rougeChinese(): (
  prediction: string,
  target: string,
) => Record<ChineseRougeType, PrecisionRecall> {
  const vocabulary = new Vocabulary();
  const matcher = new NgramMatcher();
  const encode = (text: string): Int32Array => vocabulary.encode(splitWords(separateSentences(text)));
  return (prediction, target) => {
    const said = encode(prediction);
    const wanted = encode(target);
    const [one, two] = matcher.match(said, [wanted], 2);
    return {
      'rouge-1': ratios(one?.uniqueMatch ?? 0, one?.uniqueHypothesis ?? 0, one?.uniqueReference ?? 0),
      'rouge-2': ratios(two?.uniqueMatch ?? 0, two?.uniqueHypothesis ?? 0, two?.uniqueReference ?? 0),
      'rouge-l': ratios(lcsLength(wanted, said), said.length, wanted.length),
    };
  };
}

/** Each character between spaces, white space left out: what rouge-chinese is given for Chinese without a word cutter. */
export function spacedCharacters(text: string): string {
  return [...text].filter((c) => c.trim() !== '').join(' ');
}

/** A text without spaces is cut after the ends of sentences. */
function separateSentences(text: string): string {
  return text
    .replace(/([。！？?])([^”’])/gu, '$1\n$2')
    .replace(/(\.{6})([^”’])/gu, '$1\n$2')
    .replace(/(…{2})([^”’])/gu, '$1\n$2')
    .replace(/([。！？?][”’])([^，。！？?])/gu, '$1\n$2');
}

function ratios(match: number, said: number, wanted: number): PrecisionRecall {
  const precision = said === 0 ? 0 : match / said;
  const recall = wanted === 0 ? 0 : match / wanted;
  return { precision, recall, fmeasure: 2 * ((precision * recall) / (precision + recall + EPSILON)) };
}
