import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findSeries, seriesNames } from '../../results/metric-name.ts';
import type { Results, Task } from '../../results/results.ts';
import { readResults } from '../read-results.ts';

const FIXTURES = join(import.meta.dirname, '../../../fixtures/lm-eval');

function mean(results: Results, name: string): number {
  const found = findSeries(results, name);
  const scores = found?.series.scores;
  const size = found?.task.items?.size ?? 0;
  if (!scores) throw new Error(`no scores of ${name}`);
  let sum = 0;
  for (let row = 0; row < size; row++) sum += scores.mean(row);
  return sum / size;
}

async function copyOf(...folders: string[]): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), 'lm-eval-'));
  for (const folder of folders) await cp(join(FIXTURES, folder), target, { recursive: true });
  return target;
}

async function fileIn(folder: string, pattern: RegExp): Promise<string> {
  return join(folder, (await readdir(folder)).find((name) => pattern.test(name)) as string);
}

test('filters are series of their own over the same forty documents', async () => {
  const results = await readResults(join(FIXTURES, 'good'));
  expect(results.format).toBe('lm-eval');
  expect(results.evaluator).toEqual({ name: 'lm-eval', version: '0.4.13' });
  expect(results.model).toBe('good');
  expect(results.tasks[0]?.items?.size).toBe(40);
  expect(seriesNames(results)).toEqual([
    'sums/exact_match@last-number',
    'sums/bleu@last-number',
    'sums/exact_match@raw',
    'sums/bleu@raw',
  ]);
  expect(mean(results, 'exact_match@last-number')).toBeCloseTo(0.975, 12);
  expect(mean(results, 'exact_match@raw')).toBe(0);
  expect(findSeries(results, 'exact_match@raw')?.series.higherIsBetter).toBe(true);
});

test('rows of a corpus metric are no item scores', async () => {
  const bleu = findSeries(await readResults(join(FIXTURES, 'good')), 'bleu@raw');
  expect(bleu?.series.scores).toBeNull();
  expect(bleu?.series.aggregate).toBeCloseTo(0.507, 3);
});

test('an ambiguous metric is an error that lists all it may mean', async () => {
  const results = await readResults(join(FIXTURES, 'good'));
  expect(() => findSeries(results, 'exact_match')).toThrow(
    /"exact_match" is ambiguous .* sums\/exact_match@last-number, sums\/exact_match@raw/,
  );
});

test('multiple choice has acc and acc_norm, each 0 or 1', async () => {
  const results = await readResults(join(FIXTURES, 'choice'));
  const acc = findSeries(results, 'acc');
  expect(acc?.task.items?.size).toBe(12);
  expect(mean(results, 'acc')).toBeCloseTo(acc?.series.aggregate as number, 12);
});

test('repeats: one score a document, of the filtered answer', async () => {
  const results = await readResults(join(FIXTURES, 'repeats'));
  const found = findSeries(results, 'exact_match@last-number');
  expect(found?.task.items?.size).toBe(40);
  expect(found?.series.scores?.count(0)).toBe(1);
});

test('a limited run says so', async () => {
  const results = await readResults(join(FIXTURES, 'limited'));
  expect(results.tasks[0]?.items?.size).toBe(10);
  expect(results.notes.join()).toContain('10 of 40 items were evaluated (--limit)');
  expect(results.tasks[0]?.incomplete).toBe(0);
});

test('runs that share a folder are not mixed; naming one results file reads that run', async () => {
  const folder = await copyOf('good', 'bad');
  await expect(readResults(folder)).rejects.toThrow(
    /holds 2 runs of lm-eval, and task "sums" is in more than one/,
  );
  const [summary] = (await readdir(folder)).filter((name) => name.startsWith('results_2026-11-21T13-01-39'));
  const bad = (await readdir(join(FIXTURES, 'bad'))).find((name) => name.startsWith('results_')) as string;
  const results = await readResults(join(folder, summary ?? bad));
  expect(results.model).toBe('bad');
});

test('runs of different tasks in one folder are read together when the model is the same', async () => {
  const results = await readResults(await copyOf('good', 'repeats'));
  expect(results.tasks.map((task) => task.name).sort()).toEqual(['sums', 'sums_repeats']);
});

test('the texts of an item are read again from its place in the file', async () => {
  const results = await readResults(join(FIXTURES, 'good'));
  const [text] = await results.texts(results.tasks[0] as (typeof results.tasks)[0], [3]);
  expect(text?.input).toContain('What is 3 plus 21?');
  expect(text?.target).toBe('24');
  expect(text?.answer).toBe('24');
});

test('slices come from the document; an unknown one lists what there is', async () => {
  const results = await readResults(join(FIXTURES, 'good'), { slices: ['language', 'doc.passage'] });
  const column = results.tasks[0]?.items?.slices.get('language');
  expect(column?.labels).toEqual(['zh', 'en']);
  await expect(readResults(join(FIXTURES, 'good'), { slices: ['langage'] })).rejects.toThrow(
    /no column "langage"; there are .*language, metrics/,
  );
});

test('a samples file cut off in the middle is called that, with its line', async () => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, -400));
  await expect(readResults(folder)).rejects.toThrow(/samples_sums_.* is cut off in line 80/);
});

test('fewer rows than the summary counts are an incomplete run', async () => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(file, `${lines.slice(0, -7).join('\n')}\n`);
  expect((await readResults(folder)).tasks[0]?.incomplete).toBe(7);
});

test('a bare NaN is read and is no score', async () => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('"exact_match": 1.0', '"exact_match": NaN'));
  const found = findSeries(await readResults(folder), 'exact_match@last-number');
  expect(found?.series.scores?.count(0)).toBe(0);
  expect(found?.series.scores?.count(1)).toBe(1);
});

test('results without samples hold aggregates only, and say so', async () => {
  const folder = await copyOf('good');
  const results = await readResults(await fileIn(folder, /^results_/)).then(async () => {
    const alone = await mkdtemp(join(tmpdir(), 'lm-eval-'));
    await cp(await fileIn(folder, /^results_/), join(alone, 'results.json'));
    return readResults(alone);
  });
  expect(results.tasks[0]?.items).toBeNull();
  expect(findSeries(results, 'exact_match@last-number')?.series.aggregate).toBe(0.975);
  expect(results.notes.join()).toContain('only its averages are known');
});

test('the fingerprint is the same for two models and does not hang on the order of the rows', async () => {
  const good = await readResults(join(FIXTURES, 'good'));
  const bad = await readResults(join(FIXTURES, 'bad'));
  expect(good.tasks[0]?.items?.fingerprint()).toBe(bad.tasks[0]?.items?.fingerprint());
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  await writeFile(file, `${lines.reverse().join('\n')}\n`);
  expect((await readResults(folder)).tasks[0]?.items?.fingerprint()).toBe(
    good.tasks[0]?.items?.fingerprint(),
  );
  const limited = await readResults(join(FIXTURES, 'limited'));
  expect(limited.tasks[0]?.items?.fingerprint()).not.toBe(good.tasks[0]?.items?.fingerprint());
});

test('a run that was appended to an older one is refused', async () => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text + text.split('\n')[0]);
  await expect(readResults(folder)).rejects.toThrow(/line 81: document 0 of filter .* a second time/);
});

test('samples of another run than the results beside them are refused', async () => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll('"exact_match": 1.0', '"exact_match": 0.0'));
  await expect(readResults(folder)).rejects.toThrow(
    /is 0, but the results file beside it says 0\.\d+: they are not of one run/,
  );
});

test('compressed files, with a byte order mark, read as the plain ones', async () => {
  const folder = await copyOf('good');
  const plain = await readResults(folder);
  const texts = await plain.texts(plain.tasks[0] as Task, [0, 7]);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    await writeFile(`${path}.gz`, gzipSync(`\ufeff${await readFile(path, 'utf8')}`));
    await rm(path);
  }
  const packed = await readResults(folder);
  expect(seriesNames(packed)).toEqual(seriesNames(plain));
  expect(packed.evaluator).toEqual(plain.evaluator);
  const task = packed.tasks[0] as Task;
  expect(await packed.texts(task, [0, 7])).toEqual(texts);
});

test.each([
  [/^results_/, (text: string) => text.slice(0, -100)],
  [/^results_/, () => ''],
  [/^samples_/, (text: string) => text.slice(0, 100)],
  [/^samples_/, (text: string) => text.replace('"doc_id"', '"document"')],
  [/^samples_/, () => ''],
])('a file called %s that is damaged is not passed over', async (name, damage) => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, name);
  await writeFile(file, damage(await readFile(file, 'utf8')));
  await expect(readResults(folder)).rejects.toThrow(`${file} is not readable as a file of lm-eval`);
});

test('a metric that is a number in one row and a list in another is refused at its line', async () => {
  const folder = await copyOf('good');
  const file = await fileIn(folder, /^samples_/);
  const rows = (await readFile(file, 'utf8')).split('\n');
  rows[4] = (rows[4] as string).replace(/"exact_match": [\d.]+/, '"exact_match": [1.0, 0.0]');
  await writeFile(file, rows.join('\n'));
  await expect(readResults(folder)).rejects.toThrow(
    /samples_.* line 5: exact_match is a list or an object here and a number in other rows/,
  );
});
