import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusBleu, sentenceBleu } from './bleu.ts';
import type { BleuTokenizer } from './bleu-tokenizers.ts';
import { corpusChrf } from './chrf.ts';
import { classificationScores } from './classification.ts';
import { logLoss, meanAbsoluteError, meanSquaredError } from './errors.ts';
import { type RougeType, rouge } from './rouge.ts';
import { type ChineseRougeType, rougeChinese, spacedCharacters } from './rouge-chinese.ts';
import { squadExactMatch, squadF1 } from './squad.ts';

const said = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/scores.json'), 'utf8'));
const { english, chinese, summaries } = said;
const corpora: Record<string, { hypotheses: string[]; references: string[][] }> = {
  english: { hypotheses: english.hypotheses, references: english.references.map((r: string) => [r]) },
  two: {
    hypotheses: english.hypotheses,
    references: english.references.map((r: string, i: number) => [r, english.second[i]]),
  },
  chinese: { hypotheses: chinese.hypotheses, references: chinese.references.map((r: string) => [r]) },
};

test.each(Object.entries<number>(said.bleu))('BLEU of %s as sacrebleu: %d', (name, score) => {
  const [corpus, tokenizer] = name.split(' ') as [string, BleuTokenizer];
  const { hypotheses, references } = corpora[corpus] as (typeof corpora)[string];
  expect(corpusBleu(hypotheses, references, { tokenizer })).toBeCloseTo(score, 9);
});

test('sentence BLEU with effective order as sacrebleu', () => {
  const scores = english.hypotheses.map((h: string, i: number) => sentenceBleu(h, [english.references[i]]));
  for (const [i, score] of said.sentenceBleu.entries()) expect(scores[i]).toBeCloseTo(score, 9);
});

test('a perfect BLEU is 100.00000000000004, as sacrebleu rounds it', () => {
  expect(corpusBleu(['the cat sat on the mat'], [['the cat sat on the mat']])).toBe(100.00000000000004);
});

test.each(Object.entries<number>(said.chrf))('chrF of %s as sacrebleu: %d', (name, score) => {
  const [corpus, words] = name.split(' ') as [string, string];
  const { hypotheses, references } = corpora[corpus] as (typeof corpora)[string];
  expect(corpusChrf(hypotheses, references, { wordOrder: Number(words) as 0 | 2 })).toBeCloseTo(score, 9);
});

test('ROUGE-1, -2, -L and -Lsum as rouge_score', () => {
  const score = rouge();
  const predictions = [...english.hypotheses, ...summaries.hypotheses];
  const targets = [...english.references, ...summaries.references];
  for (const [i, expected] of said.rouge.entries()) {
    const found = score(predictions[i], targets[i]);
    for (const type of Object.keys(expected) as RougeType[]) {
      for (const key of ['precision', 'recall', 'fmeasure'] as const) {
        expect(found[type][key], `${i} ${type} ${key}`).toBeCloseTo(expected[type][key], 9);
      }
    }
  }
});

test('Chinese ROUGE on characters as rouge-chinese, 1e-8 in the divisor included', () => {
  const score = rougeChinese();
  for (const [i, expected] of said.rougeChinese.entries()) {
    const found = score(spacedCharacters(chinese.hypotheses[i]), spacedCharacters(chinese.references[i]));
    for (const type of Object.keys(expected) as ChineseRougeType[]) {
      expect(found[type].precision, `${i} ${type}`).toBeCloseTo(expected[type].p, 9);
      expect(found[type].recall, `${i} ${type}`).toBeCloseTo(expected[type].r, 9);
      expect(found[type].fmeasure, `${i} ${type}`).toBeCloseTo(expected[type].f, 9);
    }
  }
});

test('Chinese ROUGE on words as rouge-chinese on the words of jieba', () => {
  const { hypotheses, references, rouge: expected } = said.rougeChineseWords;
  const score = rougeChinese();
  for (const [i, wanted] of expected.entries()) {
    const found = score(hypotheses[i], references[i]);
    for (const type of Object.keys(wanted) as ChineseRougeType[]) {
      expect(found[type].precision, `${i} ${type}`).toBeCloseTo(wanted[type].p, 9);
      expect(found[type].recall, `${i} ${type}`).toBeCloseTo(wanted[type].r, 9);
      expect(found[type].fmeasure, `${i} ${type}`).toBeCloseTo(wanted[type].f, 9);
    }
  }
  expect(expected.length).toBe(40);
});

test('labels as scikit-learn', () => {
  const { truth, predicted, accuracy, macro, micro, a } = said.labels;
  const found = classificationScores(predicted, truth, 'a');
  expect(found.accuracy).toBeCloseTo(accuracy, 12);
  for (const [scores, expected] of [
    [found.macro, macro],
    [found.micro, micro],
    [found.binary, a],
  ]) {
    expect(scores?.precision).toBeCloseTo(expected[0], 12);
    expect(scores?.recall).toBeCloseTo(expected[1], 12);
    expect(scores?.fmeasure).toBeCloseTo(expected[2], 12);
  }
});

test('numbers as scikit-learn', () => {
  const { truth, probabilities, values, mse, mae } = said.numbers;
  expect(logLoss(probabilities, truth)).toBeCloseTo(said.numbers.logLoss, 9);
  expect(logLoss([0, 1], [1, 1])).toBeCloseTo(18.021826694558577, 12);
  expect(meanSquaredError(values, truth)).toBeCloseTo(mse, 12);
  expect(meanAbsoluteError(values, truth)).toBeCloseTo(mae, 12);
});

test('SQuAD: articles, punctuation and case do not count; both empty is 1', () => {
  expect(squadExactMatch('The  Eiffel-Tower!', ['eiffeltower'])).toBe(1);
  expect(squadF1('the cat sat', ['a cat slept', 'cat'])).toBeCloseTo(2 / 3, 12);
  expect(squadF1('', ['the'])).toBe(1);
  expect(squadF1('x', [''])).toBe(0);
});
