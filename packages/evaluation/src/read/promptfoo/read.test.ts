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
