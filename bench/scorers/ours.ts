import {
  classificationScores,
  corpusBleu,
  corpusChrf,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  rouge,
  rougeChinese,
  spacedCharacters,
} from '@sluice/evaluation';
import type { Inputs, Pairs } from './inputs.ts';

/** One figure of all inputs: the sum of item scores, or the figure of the corpus. */
export type Scorer = (inputs: Inputs) => number;

const lists = ({ references }: Pairs): string[][] => references.map((reference) => [reference]);

function summed(pairs: Pairs, score: (hypothesis: string, reference: string) => number): number {
  return pairs.hypotheses.reduce(
    (sum, hypothesis, i) => sum + score(hypothesis, pairs.references[i] as string),
    0,
  );
}

/** By the names that `rival.py` uses. */
export const SCORERS: Readonly<Record<string, Scorer>> = {
  'BLEU (sacrebleu)': ({ english }) => corpusBleu(english.hypotheses, lists(english)),
  'BLEU zh (sacrebleu)': ({ chinese }) => corpusBleu(chinese.hypotheses, lists(chinese), { tokenizer: 'zh' }),
  'chrF (sacrebleu)': ({ english }) => corpusChrf(english.hypotheses, lists(english)),
  'chrF++ (sacrebleu)': ({ english }) => corpusChrf(english.hypotheses, lists(english), { wordOrder: 2 }),
  'ROUGE-1 (rouge_score)': ({ english }) => rougeSum(english, 'rouge1'),
  'ROUGE-2 (rouge_score)': ({ english }) => rougeSum(english, 'rouge2'),
  'ROUGE-L (rouge_score)': ({ english }) => rougeSum(english, 'rougeL'),
  'ROUGE-Lsum (rouge_score)': ({ summaries }) => rougeSum(summaries, 'rougeLsum'),
  'ROUGE-1, -2, -L of characters (rouge-chinese)': ({ chinese }) => {
    const score = rougeChinese();
    return summed(chinese, (hypothesis, reference) => {
      const found = score(spacedCharacters(hypothesis), spacedCharacters(reference));
      return found['rouge-1'].fmeasure + found['rouge-2'].fmeasure + found['rouge-l'].fmeasure;
    });
  },
  'accuracy (scikit-learn)': ({ labels }) =>
    classificationScores(labels.hypotheses, labels.references).accuracy,
  'precision, recall, F1, macro (scikit-learn)': ({ labels }) => {
    const { precision, recall, fmeasure } = classificationScores(labels.hypotheses, labels.references).macro;
    return precision + recall + fmeasure;
  },
  'mean squared error (scikit-learn)': ({ probabilities, truth }) => meanSquaredError(probabilities, truth),
  'mean absolute error (scikit-learn)': ({ probabilities, truth }) => meanAbsoluteError(probabilities, truth),
  'log loss (scikit-learn)': ({ probabilities, truth }) => logLoss(probabilities, truth),
};

function rougeSum(pairs: Pairs, type: 'rouge1' | 'rouge2' | 'rougeL' | 'rougeLsum'): number {
  const score = rouge([type]);
  return summed(pairs, (hypothesis, reference) => score(hypothesis, reference)[type].fmeasure);
}
