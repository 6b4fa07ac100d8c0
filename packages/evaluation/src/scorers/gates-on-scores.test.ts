import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decide } from '../gates/decide.ts';
import { readGates } from '../gates/document.ts';
import { readResults } from '../read/read-results.ts';
import { mergeResults } from '../results/merge.ts';
import { findSeries } from '../results/metric-name.ts';
import { readNormalForm, writeNormalForm } from '../results/normal-form.ts';
import type { ReadOptions } from '../results/results.ts';
import { PREDICTION_SCORES, type PredictionScore } from './prediction-scores.ts';

const said = JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/scores.json'), 'utf8'));
const { labels, numbers, classes, chinese } = said;

async function results(
  answers: readonly unknown[],
  truth: readonly unknown[],
  names: readonly PredictionScore[],
  options: ReadOptions = {},
) {
  const path = join(await mkdtemp(join(tmpdir(), 'scores-')), 'p.jsonl');
  const rows = answers.map((prediction, id) => ({ id, reference: truth[id], prediction }));
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return readResults(path, { ...options, predictions: names });
}

async function gate(
  text: string,
  candidate: Awaited<ReturnType<typeof results>>,
  baseline = null as typeof candidate | null,
) {
  const { gates } = await decide({ document: readGates(`gates: [${text}]`, 'gates'), candidate, baseline });
  return gates[0];
}

const LABELS: [PredictionScore, number][] = [
  ['accuracy', labels.accuracy],
  ['exact_match', labels.accuracy],
  ...(['precision', 'recall', 'f1'] as const).flatMap((name, i): [PredictionScore, number][] => [
    [name, labels.a[i]],
    [`${name}_micro`, labels.micro[i]],
    [`${name}_macro`, labels.macro[i]],
  ]),
];

test.each(LABELS)('a gate on %s of predicted labels is scikit-learn’s %d', async (name, figure) => {
  const found = await results(labels.predicted, labels.truth, [name], { positive: 'a' });
  const least = await gate(`{metric: ${name}, at-least: ${figure - 1e-9}}`, found);
  expect(least?.candidate).toBeCloseTo(figure, 9);
  expect(least?.decision).toBe('approve');
  expect(least?.interval?.lower).toBeLessThan(figure);
  expect((await gate(`{metric: ${name}, at-least: ${figure + 1e-9}}`, found))?.decision).toBe('reject');
});

test.each([
  ['mse', numbers.values, numbers.mse],
  ['mae', numbers.values, numbers.mae],
  ['log_loss', numbers.probabilities, numbers.logLoss],
] as const)('a gate on %s of numbers is scikit-learn’s', async (name, values, figure) => {
  const found = await gate(
    `{metric: ${name}, at-most: ${figure + 1e-9}}`,
    await results(values, numbers.truth, [name]),
  );
  expect(found?.candidate).toBeCloseTo(figure, 9);
  expect(found?.decision).toBe('approve');
});

test('log loss of several classes is scikit-learn’s; what is no probability has no score', async () => {
  const found = await results(classes.probabilities, classes.truth, ['log_loss']);
  expect((await gate('{metric: log_loss, at-most: 100}', found))?.candidate).toBeCloseTo(classes.logLoss, 9);
  const odd = await results([0.5, 1.5, 'none'], [1, 1, 1], ['log_loss']);
  expect(findSeries(odd, 'log_loss')?.series.scores?.count(1)).toBe(0);
  expect((await gate('{metric: log_loss, at-most: 100}', odd))?.decision).toBe('undecided');
});

test('every score there is can be asked of predictions and named in a gate', async () => {
  const found = await results(
    labels.truth.map(() => '1'),
    labels.truth.map((_: string, i: number) => (i % 3 ? '1' : '0')),
    PREDICTION_SCORES,
  );
  for (const name of PREDICTION_SCORES)
    expect((await gate(`{metric: ${name}, at-least: -1}`, found))?.candidate, name).not.toBeNull();
});

describe('macro F1 is a figure of the corpus', () => {
  const half = (of: readonly string[], from: number) => of.slice(from, from + 100);
  const worse = labels.predicted.map((label: string, i: number) => (i % 3 ? label : 'e'));

  test('against a baseline by BCa, both sides resampled together, other labels or not', async () => {
    const baseline = await results(labels.predicted, labels.truth, ['f1_macro']);
    const candidate = await results(worse, labels.truth, ['f1_macro']);
    const lost = await gate(
      '{metric: f1_macro, not-worse-than: baseline, margin: 0.05}',
      candidate,
      baseline,
    );
    expect(lost).toMatchObject({ decision: 'reject', test: expect.stringContaining('BCa') });
    expect(lost?.baseline).toBeCloseTo(labels.macro[2], 9);
    const won = await gate('{metric: f1_macro, better-than: baseline}', baseline, candidate);
    expect(won?.decision).toBe('approve');
  });

  test('the parts of a merged run, and what lies in the store, give the same figure', async () => {
    const parts = await Promise.all(
      [0, 100].map(async (from) => {
        const path = join(await mkdtemp(join(tmpdir(), 'scores-')), 'p.jsonl');
        const rows = half(labels.predicted, from).map((prediction, i) => ({
          id: from + i,
          prediction,
          reference: labels.truth[from + i],
        }));
        await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
        return readResults(path, { predictions: ['f1_macro'] });
      }),
    );
    const merged = mergeResults(parts);
    const path = join(await mkdtemp(join(tmpdir(), 'normal-')), 'n.jsonl.gz');
    await writeNormalForm(merged, path);
    for (const found of [merged, await readNormalForm(path)])
      expect((await gate('{metric: f1_macro, at-least: 0}', found))?.candidate).toBeCloseTo(
        labels.macro[2],
        12,
      );
  });

  test('texts are no labels', async () => {
    const texts = Array.from({ length: 1200 }, (_, i) => `text ${i}`);
    await expect(results(texts, texts, ['f1_macro'])).rejects.toThrow(/more than 1000 different/);
  });
});

test('F1 of a label that no item has is the user’s mistake', async () => {
  const wrong = results(['yes', 'no'], ['yes', 'yes'], ['f1']);
  await expect(wrong).rejects.toThrow(/no item has '1'; name it with `positive: …` \(there are yes, no\)/);
});

describe('Chinese ROUGE on words', () => {
  const words = {
    name: 'jieba 0.42.1',
    cut: async (texts: readonly string[]) => texts.map((t) => cutOf.get(t) ?? ''),
  };
  const cutOf = new Map<string, string>(
    (['hypotheses', 'references'] as const).flatMap((side) =>
      chinese[side].map((text: string, i: number) => [text, said.rougeChineseWords[side][i]] as const),
    ),
  );
  const read = (options: ReadOptions) =>
    results(chinese.hypotheses, chinese.references, ['rougeL_zh'], options);

  test('is the mean of rouge-chinese on the words of jieba, and is called so', async () => {
    const expected = said.rougeChineseWords.rouge.map((r: { 'rouge-l': { f: number } }) => r['rouge-l'].f);
    const found = await gate('{metric: rougeL_zh, at-least: 0}', await read({ words }));
    expect(found?.candidate).toBeCloseTo(
      expected.reduce((a: number, b: number) => a + b) / expected.length,
      9,
    );
    expect(found?.metric).toBe('all/rougeL_zh@jieba');
  });

  test('is not comparable with characters', async () => {
    const compared = await gate(
      '{metric: rougeL_zh, not-worse-than: baseline, margin: 0.5}',
      await read({ words }),
      await read({}),
    );
    expect(compared).toMatchObject({
      decision: 'undecided',
      reason: expect.stringContaining("the scorer's version"),
    });
  });
});
