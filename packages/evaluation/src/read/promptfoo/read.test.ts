import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { pair } from '../../pair/pair.ts';
import { type Found, findSeries } from '../../results/metric-name.ts';
import { readResults } from '../read-results.ts';

const FILE = join(import.meta.dirname, '../../../fixtures/promptfoo/out.json');

test('two columns of one file: one is named behind a #', async () => {
  await expect(readResults(FILE)).rejects.toThrow(
    /holds several columns: .*out.json#good; there are good, bad/,
  );
  await expect(readResults(`${FILE}#best`)).rejects.toThrow(/no column "best"; there are good, bad/);
  const results = await readResults(`${FILE}#good`, { slices: ['language'] });
  const success = findSeries(results, 'success') as Found;
  expect(success.task.items?.size).toBe(12);
  expect(success.task.items?.slices.get('language')?.labels.sort()).toEqual(['en', 'zh']);
});

test('repeats invent new indices, and are still scores of the same items', async () => {
  const { series } = findSeries(await readResults(`${FILE}#good`), 'score') as Found;
  expect(series.scores?.count(0)).toBe(2);
});

test('an error row reads as score 0 and has none', async () => {
  const good = findSeries(await readResults(`${FILE}#good`), 'success') as Found;
  const results = await readResults(`${FILE}#bad`);
  const bad = findSeries(results, 'success') as Found;
  expect(bad.task.errored).toBe(2); // one question, asked twice
  const pairs = pair(bad, good);
  expect(pairs).toMatchObject({ onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: 1 });
  expect(results.notes.join()).toContain('2 rows are errors of the evaluator');
});

test('the bare rows of `-o x.jsonl`, and a compressed file, are the same results', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promptfoo-'));
  const text = await readFile(FILE, 'utf8');
  const rows: object[] = JSON.parse(text).results.results;
  await writeFile(join(folder, 'out.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeFile(join(folder, 'out.json.gz'), gzipSync(JSON.stringify(JSON.parse(text))));
  const want = findSeries(await readResults(`${FILE}#bad`), 'success') as Found;
  for (const name of ['out.jsonl', 'out.json.gz']) {
    const results = await readResults(`${join(folder, name)}#bad`);
    expect(results.format).toBe('promptfoo');
    const found = findSeries(results, 'success') as Found;
    expect(found.task.errored).toBe(want.task.errored);
    expect(found.task.items?.fingerprint()).toBe(want.task.items?.fingerprint());
  }
});

test('fewer rows than the file counts are an incomplete run, and a row that is none is refused', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'promptfoo-')), 'out.json');
  const file = JSON.parse(await readFile(FILE, 'utf8'));
  const rows: object[] = file.results.results;
  const write = (results: unknown[]) =>
    writeFile(path, JSON.stringify({ ...file, results: { ...file.results, results } }));
  await write(rows);
  expect((await readResults(`${path}#good`)).tasks[0]?.incomplete).toBe(0);
  await write(rows.slice(0, -3));
  expect((await readResults(`${path}#good`)).tasks[0]?.incomplete).toBe(3);
  await write([...rows.slice(0, 4), null, ...rows.slice(5)]);
  await expect(readResults(`${path}#good`)).rejects.toThrow(/out.json row 5: a JSON object is expected/);
  await write(rows.map((row, i) => (i === 4 ? { ...row, provider: undefined } : row)));
  await expect(readResults(path)).rejects.toThrow(/there are good, bad, no provider/);
});
