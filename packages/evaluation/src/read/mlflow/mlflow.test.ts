import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findSeries, seriesNames } from '../../results/metric-name.ts';
import { readResults } from '../read-results.ts';
import { genaiResults } from './traces.ts';

async function runFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mlrun-'));
  for (const [name, text] of Object.entries({ 'meta.yaml': 'run_id: abc\nrun_name: x\n', ...files })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

test('a run folder: the last step counts, slashes are folders, nan is kept, the machine is left out', async () => {
  const folder = await runFolder({
    'metrics/eval/acc': '1700000000000 0.9 2\n1700000000001 0.5 1\n',
    'metrics/toxicity': '1700000000000 nan 0\n',
    'metrics/system/cpu': '1700000000000 50 0\n',
  });
  const results = await readResults(folder);
  expect(seriesNames(results)).toEqual(['mlflow/eval/acc', 'mlflow/toxicity']);
  expect(findSeries(results, 'eval/acc')?.series.aggregate).toBe(0.9);
  expect(findSeries(results, 'toxicity')?.series.aggregate).toBeNaN();
});

test('the table that a run logged stands beside its metrics', async () => {
  const table = { columns: ['inputs', 'targets', 'outputs', 'exact/score'], data: [['q', 'a', 'a', 1]] };
  const folder = await runFolder({
    'metrics/exact/mean': '1700000000000 1 0\n',
    'artifacts/eval_results_table.json': JSON.stringify(table),
  });
  expect(seriesNames(await readResults(folder))).toEqual(['all/exact', 'mlflow/exact/mean']);
  await writeFile(join(folder, 'artifacts/two_eval_results_table.json'), JSON.stringify(table));
  await expect(readResults(folder)).rejects.toThrow(/logged several tables/);
});

test('a line that is no metric is named', async () => {
  const folder = await runFolder({ 'metrics/acc': 'yesterday 0.9\n' });
  await expect(readResults(folder)).rejects.toThrow(/'yesterday 0.9' is no metric of MLflow/);
});

const trace = (id: string | null, ...feedback: object[]) => ({
  request_preview: 'x'.repeat(1000),
  tags: id === null ? {} : { 'mlflow.eval.requestId': id },
  assessments: [
    { assessment_name: 'answer', expectation: { value: 'a' }, valid: true },
    ...feedback.map((one) => ({ assessment_name: 'judge', valid: true, ...one })),
  ],
});

test('traces: words and numbers are scores; errors, what was corrected, and cut previews are not', async () => {
  const results = genaiResults(
    [
      trace('1', { feedback: { value: 'yes' } }),
      trace('2', { feedback: { value: 0.25 } }),
      trace('3', { feedback: { error: { error_code: 'TIMEOUT' } } }),
      trace('4', { feedback: { value: 'no' }, valid: false }, { feedback: { value: true } }),
      trace('5', { feedback: { value: 'well, it depends' } }),
      trace(null, { feedback: { value: 'yes' } }),
    ],
    'the run',
  );
  const { task, series } = findSeries(results, 'judge') ?? {};
  expect(task).toMatchObject({ name: 'genai', errored: 1 });
  expect([0, 1, 2, 3, 4].map((row) => series?.scores?.mean(row))).toEqual([
    1,
    0.25,
    Number.NaN,
    1,
    Number.NaN,
  ]);
  expect(task?.items?.size).toBe(5);
  expect(results.notes[0]).toMatch(/^1 traces have neither/);
  expect(results.notes[1]).toBe('judge failed on 1 items, which have no score by it');
});
