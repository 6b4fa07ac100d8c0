import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@sluice/contract';
import { expect, test } from 'vitest';
import { decide } from '../../gates/decide.ts';
import { readGates } from '../../gates/document.ts';
import { type Found, findSeries, seriesNames } from '../../results/metric-name.ts';
import type { Results } from '../../results/results.ts';
import { readResults } from '../read-results.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/inspect');
const read = (name: string, slices: readonly string[] = []) => readResults(join(FIXTURES, name), { slices });

test.each(['good.eval', 'good-json.json'])(
  '%s: letters are grades, an object is one series a key',
  async (name) => {
    const results = await read(name, ['language']);
    expect(results.format).toBe('inspect');
    expect(results.evaluator.version).toBe('0.3.285');
    expect(seriesNames(results)).toEqual(['sums/right', 'sums/length@graded', 'sums/grade@graded']);
    const right = findSeries(results, 'right') as Found;
    expect(right.task.items?.size).toBe(14);
    expect(right.series.higherIsBetter).toBe(true);
    const scores = Array.from({ length: 14 }, (_, row) => right.series.scores?.mean(row) as number);
    expect(scores.reduce((a, b) => a + b)).toBe(12); // it errs on q1 and q8
    expect(right.task.items?.slices.get('language')?.labels).toEqual(['zh', 'en']);
  },
);

test('a zip and a JSON log of the same run are the same results', async () => {
  const [zip, json] = [await read('good.eval'), await read('good-json.json')];
  expect(zip.tasks[0]?.items?.fingerprint()).toBe(json.tasks[0]?.items?.fingerprint());
  expect(zip.tasks[0]?.settings).toEqual(json.tasks[0]?.settings);
});

test('NaN is unscored, an error is missing, epochs are scores of one item', async () => {
  const results = await read('flawed.eval');
  const { task, series } = findSeries(results, 'grade') as Found;
  expect(task.items?.size).toBe(6);
  expect(task.errored).toBe(2);
  expect([0, 1, 2, 3, 4, 5].map((row) => series.scores?.count(row))).toEqual([2, 2, 2, 0, 0, 2]);
  const texts = await results.texts(task, [5]);
  expect(texts[0]).toEqual({ input: 'What is 5 plus 10?', target: '15', answer: '15' });
  const report = await decide({
    document: readGates('gates: [{metric: grade, at-least: 0.2}]', 'g'),
    candidate: results,
    baseline: null,
  });
  expect(report.decision).toBe('undecided');
  expect(report.gates[0]?.reason).toContain('2 of 6 items have no score');
});

test('a worse solver is told from a better one', async () => {
  const document = readGates(
    'prompts: may-differ\ngates: [{metric: right, not-worse-than: baseline, margin: 0.05}]',
    'g',
  );
  const report = await decide({
    document,
    candidate: await read('bad.eval'),
    baseline: await read('good.eval'),
  });
  expect(report.gates[0]).toMatchObject({
    n: 14,
    unused: { onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: 0 },
  });
  expect(report.gates[0]?.estimate).toBeCloseTo((7 - 12) / 14, 12);
});

test('a log that did not end well is incomplete, an invalidated one is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  const log = JSON.parse(await readFile(join(FIXTURES, 'good-json.json'), 'utf8'));
  const write = (changed: object) =>
    writeFile(join(folder, 'log.json'), JSON.stringify({ ...log, ...changed }));
  await write({ status: 'cancelled', samples: log.samples.slice(0, 10) });
  const results = await readResults(join(folder, 'log.json'));
  expect(results.tasks[0]?.incomplete).toBe(4);
  expect(results.notes.join()).toContain('status cancelled');
  await write({ invalidated: true });
  await expect(readResults(join(folder, 'log.json'))).rejects.toThrow(/was invalidated/);
});

test('samples that share an id count as one item, and that is said; an empty id is none', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'inspect-')), 'log.json');
  const log = JSON.parse(await readFile(join(FIXTURES, 'good-json.json'), 'utf8'));
  const withIds = async (idOf: (i: number) => string) => {
    const samples = log.samples.map((sample: object, i: number) => ({ ...sample, id: idOf(i) }));
    await writeFile(path, JSON.stringify({ ...log, samples }));
    return readResults(path);
  };
  expect((await withIds((i) => `q${i}`)).notes).toEqual([]);
  expect((await withIds(() => '')).tasks[0]?.items?.size).toBe(14);
  const joined = await withIds((i) => (i < 3 ? 'same' : `q${i}`));
  expect(joined.tasks[0]?.items?.size).toBe(12);
  expect(joined.notes).toEqual([
    expect.stringContaining('sums: 2 samples have the id, or the input and target'),
  ]);
});

test('a zip that is cut off says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  const bytes = await readFile(join(FIXTURES, 'good.eval'));
  await writeFile(join(folder, 'cut.eval'), bytes.subarray(0, bytes.length - 400));
  await expect(readResults(join(folder, 'cut.eval'))).rejects.toThrow(/no zip directory at its end/);
});

test('a zip with one byte changed is refused, incomplete, or reads as it was: no score changes in silence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inspect-'));
  const path = join(folder, 'log.eval');
  const whole = await readFile(join(FIXTURES, 'good.eval'));
  const scores = (results: Results): unknown =>
    results.tasks.map(({ items, series, incomplete }) =>
      incomplete > 0
        ? 'incomplete'
        : series.map((s) => Array.from({ length: items?.size ?? 0 }, (_, row) => s.scores?.mean(row))),
    );
  const good = scores(await read('good.eval'));
  for (let i = 0; i < 200; i++) {
    const bytes = Buffer.from(whole);
    const at = Math.floor((i * whole.length) / 200);
    bytes[at] = (bytes[at] as number) ^ (1 << (i % 8));
    await writeFile(path, bytes);
    const outcome = await readResults(path).then(scores, (error: unknown) => error);
    if (outcome instanceof UserError) expect(outcome.message).toMatch(/log\.eval/);
    else expect([good, ['incomplete']]).toContainEqual(outcome);
  }
});
