import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decide } from '../gates/decide.ts';
import { readGates } from '../gates/document.ts';
import { readResults } from '../read/read-results.ts';
import { findSeries } from '../results/metric-name.ts';
import { readNormalForm, writeNormalForm } from '../results/normal-form.ts';
import type { PredictionScore } from './prediction-scores.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const { english, bleu } = JSON.parse(readFileSync(join(FIXTURES, 'scores.json'), 'utf8'));

async function predictions(answers: readonly (string | null)[], names: PredictionScore[]) {
  const path = join(await mkdtemp(join(tmpdir(), 'predictions-')), 'p.jsonl');
  const rows = answers.map((prediction, id) => ({
    id,
    input: `q${id}`,
    reference: english.references[id],
    prediction,
  }));
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return readResults(path, { predictions: names });
}

test('predictions and references become series, the corpus figure is that of the corpus', async () => {
  const results = await predictions(english.hypotheses, ['bleu', 'rougeL', 'exact_match']);
  expect(findSeries(results, 'bleu')?.series.aggregate).toBeCloseTo(bleu['english 13a'], 9);
  expect(findSeries(results, 'bleu')?.series.scores).toBeNull();
  expect(findSeries(results, 'rougeL')?.series.scores?.count(0)).toBe(1);
  expect(findSeries(results, 'mse')).toBeNull();
});

test('a prediction that is not there has no score; an empty one has', async () => {
  const results = await predictions(['', null, ...english.hypotheses.slice(2)], ['exact_match']);
  const scores = findSeries(results, 'exact_match')?.series.scores;
  expect([scores?.count(0), scores?.count(1)]).toEqual([1, 0]);
});

test('BLEU against a baseline: bootstrapped together, undecided where the margin is narrower than the noise', async () => {
  const same = await predictions(english.hypotheses, ['bleu']);
  const worse = await predictions(
    english.hypotheses.map((text: string, i: number) => (i % 2 ? 'nothing of the kind at all' : text)),
    ['bleu'],
  );
  const slightly = await predictions(
    english.hypotheses.map((text: string, i: number) => (i % 9 ? text : `${text} mat on`)),
    ['bleu'],
  );
  const judge = (candidate: typeof same, margin: number) =>
    decide({
      document: readGates(`gates: [{metric: bleu, not-worse-than: baseline, margin: ${margin}}]`, 'g'),
      candidate,
      baseline: same,
    });
  expect((await judge(worse, 2)).decision).toBe('reject');
  const close = await judge(slightly, 10);
  expect(close.decision).toBe('approve');
  expect(close.gates[0]?.test).toContain('paired BCa bootstrap');
  expect((await judge(same, 2)).decision).toBe('undecided'); // no spread at all proves nothing
});

test("lm-eval's parts of BLEU give back the figure that it printed, also from the normal form", async () => {
  const results = await readResults(join(FIXTURES, 'lm-eval/good'));
  const found = findSeries(results, 'bleu@raw');
  const size = found?.task.items?.size as number;
  expect(found?.series.corpus?.figure(size)).toBeCloseTo(found?.series.aggregate as number, 9);
  const path = join(await mkdtemp(join(tmpdir(), 'normal-')), 'n.jsonl.gz');
  await writeNormalForm(results, path);
  const back = findSeries(await readNormalForm(path), 'bleu@raw');
  expect(back?.series.corpus?.figure(size)).toBe(found?.series.corpus?.figure(size));
});
