import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Found, findSeries, seriesNames } from '../results/metric-name.ts';
import { readResults } from './read-results.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

async function file(name: string, rows: readonly object[]): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'formats-')), name);
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
}

test('DeepEval: a metric that failed is missing, its case is known by its input', async () => {
  const results = await readResults(join(FIXTURES, 'deepeval/run.json'));
  const { task, series } = findSeries(results, 'Same') as Found;
  expect(task.items?.size).toBe(8);
  expect(task.errored).toBe(1);
  expect([0, 1, 3].map((row) => series.scores?.count(row))).toEqual([1, 1, 0]);
  expect(series.scores?.mean(1)).toBe(0);
});

test('DeepEval: conversations are items too', async () => {
  const talk = (order: number, content: string, score: number, scenario?: string) => ({
    name: `conversation_${order}`,
    order,
    success: score > 0.5,
    turns: [
      { role: 'user', content },
      { role: 'assistant', content: `about ${content}` },
    ],
    ...(scenario ? { scenario, expectedOutcome: 'a refund' } : {}),
    metricsData: [{ name: 'Helpful', threshold: 0.5, success: score > 0.5, score }],
  });
  const results = await readResults(
    await file('run.json', [
      { testCases: [], conversationalTestCases: [talk(0, 'hello', 1), talk(1, 'hi', 0.25, 'a late parcel')] },
    ]),
  );
  const { task, series } = findSeries(results, 'Helpful') as Found;
  expect([series.scores?.mean(0), series.scores?.mean(1)]).toEqual([1, 0.25]);
  expect(await results.texts(task, [0, 1])).toEqual([
    { input: 'hello', target: '', answer: 'about hello' },
    { input: 'a late parcel', target: 'a refund', answer: 'about hi' },
  ]);
});

test('DeepEval: fewer cases than the run counts are an incomplete run, and a case that is none is refused', async () => {
  const test = (i: number) => ({ input: `${i}`, metricsData: [{ name: 'Same', score: 1 }] });
  const run = (testCases: unknown[]) => file('run.json', [{ testCases, testPassed: 3, testFailed: 1 }]);
  expect((await readResults(await run([1, 2, 3, 4].map(test)))).tasks[0]?.incomplete).toBe(0);
  expect((await readResults(await run([1, 2].map(test)))).tasks[0]?.incomplete).toBe(2);
  await expect(readResults(await run([test(1), null]))).rejects.toThrow(/run.json case 2: a JSON object/);
});

test('the Trainer: averages only, the folder by the union of all it saved', async () => {
  const results = await readResults(join(FIXTURES, 'trainer'));
  expect(seriesNames(results)).toEqual(['trainer/eval_loss']);
  expect(findSeries(results, 'eval_loss')?.series.aggregate).toBe(4.167458534240723);
  expect(results.tasks[0]?.items).toBeNull();
  const state = await readResults(join(FIXTURES, 'trainer/trainer_state.json'));
  expect(findSeries(state, 'eval_loss')?.series.aggregate).toBeCloseTo(4.167458534240723, 12);
});

test('an MLflow table: `<metric>/score` is the metric, its justification is none', async () => {
  const results = await readResults(join(FIXTURES, 'mlflow'));
  expect(seriesNames(results)).toEqual(['all/exact_match']);
  const { task, series } = findSeries(results, 'exact_match') as Found;
  expect(series.scores?.mean(0)).toBe(1);
  expect(await results.texts(task, [1])).toEqual([{ input: 'q1', target: 'b', answer: 'a' }]);
});

test('a JSON table whose rows do not fit its columns is refused at its row', async () => {
  const table = async (columns: unknown[], ...data: unknown[]) =>
    readResults(await file('table.json', [{ columns, data }]));
  const fits = await table(['id', 'acc/score'], ['a', 1], ['b', 0]);
  expect(fits.tasks[0]?.items?.size).toBe(2);
  for (const row of [null, {}, 'x', [], ['b'], ['b', 0, 1]])
    await expect(table(['id', 'acc'], ['a', 1], row)).rejects.toThrow(
      /table.json row 2: a list of 2 values is expected/,
    );
  await expect(table(['id', 'acc', 'acc/score'], ['a', 1, 0])).rejects.toThrow(/names "acc" twice/);
  await expect(table([1, null], ['a', 1])).rejects.toThrow(/neither an id nor an input column/);
});

test('ms-swift: the last evaluation of a log that was appended on resume', async () => {
  const results = await readResults(
    await file('logging.jsonl', [
      { loss: 2.1, 'global_step/max_steps': '5/10' },
      { eval_loss: 1.9, eval_token_acc: 0.4, 'global_step/max_steps': '5/10' },
      { eval_loss: 1.5, eval_token_acc: 0.6, eval_runtime: 3, 'global_step/max_steps': '10/10' },
      { last_model_checkpoint: 'checkpoint-10', best_metric: 1.5 },
    ]),
  );
  expect(results.format).toBe('ms-swift');
  expect(findSeries(results, 'eval_loss')?.series.aggregate).toBe(1.5);
  expect(seriesNames(results)).toEqual(['ms-swift/eval_loss', 'ms-swift/eval_token_acc']);
});

test('ms-swift: figures of weights that were thrown away do not count, and a log without an end is incomplete', async () => {
  const step = (at: number, rest: object = {}) => ({ loss: 1, ...rest, 'global_step/max_steps': `${at}/10` });
  const whole = [step(5, { eval_loss: 0.9 }), step(10, { eval_loss: 0.4 }), { last_model_checkpoint: 'c' }];
  const resumed = await readResults(
    await file('logging.jsonl', [...whole, step(6), step(8, { eval_loss: 0.7 })]),
  );
  expect(findSeries(resumed, 'eval_loss')?.series.aggregate).toBe(0.7);
  expect(resumed.tasks[0]?.incomplete).toBe(1);
  expect(resumed.notes.join()).toContain('the log ends at step 8/10');
  await expect(readResults(await file('logging.jsonl', [...whole, step(1)]))).rejects.toThrow(
    /without an evaluation/,
  );
  const cut = await readResults(await file('logging.jsonl', whole.slice(0, 1)));
  expect(cut.tasks[0]?.incomplete).toBe(1);
});

const SPEC = { spec: { run_id: 'r1', eval_name: 'sums', completion_fns: ['m'] } };
const match = (id: string, correct: boolean) => ({
  event_id: 1,
  sample_id: id,
  type: 'match',
  data: { correct, expected: '1', picked: '1' },
});

test('OpenAI evals: events behind the final report count, errors are missing', async () => {
  const path = await file('run.jsonl', [
    SPEC,
    match('sums.test.0', true),
    { event_id: 2, sample_id: 'sums.test.1', type: 'error', data: { message: 'no answer' } },
    { final_report: { accuracy: 0.5 }, run_id: 'r1' },
    match('sums.test.2', false),
  ]);
  const results = await readResults(path);
  const { task, series } = findSeries(results, 'match') as Found;
  expect(task).toMatchObject({ errored: 1, incomplete: 0 });
  expect([series.scores?.mean(0), series.scores?.mean(1)]).toEqual([1, 0]);
  // the item is there, without a score: it is not one that the other side alone has
  expect([task.items?.size, series.scores?.count(2)]).toEqual([3, 0]);
});

test('OpenAI evals: a run without a final report is incomplete, two runs in a file are refused', async () => {
  const cut = await readResults(await file('cut.jsonl', [SPEC, match('sums.test.0', true)]));
  expect(cut.tasks[0]?.incomplete).toBe(1);
  await expect(
    readResults(await file('two.jsonl', [SPEC, match('a', true), SPEC, match('a', false)])),
  ).rejects.toThrow(/line 3: a second run starts here/);
});

test('OpenAI evals: a final report that is not of these events is refused', async () => {
  const events = ['a', 'b', 'c', 'd'].map((id, i) => match(id, i > 0));
  const whole = [SPEC, ...events, { final_report: { accuracy: 0.75 }, run_id: 'r1' }];
  expect((await readResults(await file('whole.jsonl', whole))).tasks[0]?.items?.size).toBe(4);
  await expect(
    readResults(
      await file(
        'less.jsonl',
        whole.filter((row) => row !== events[0]),
      ),
    ),
  ).rejects.toThrow(/of its 3 matches 1 are correct, but its final report says 0.75: events are missing/);
});
