import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Found, findSeries, seriesNames } from '../../results/metric-name.ts';
import type { ReadOptions } from '../../results/results.ts';
import { readResults } from '../read-results.ts';

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'plain-')), name);
  await writeFile(path, content);
  return path;
}

const read = async (name: string, content: string | Buffer, options: ReadOptions = {}) =>
  readResults(await file(name, content), options);
const jsonl = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

test('JSON Lines: an id, and every other number is a score', async () => {
  const results = await read(
    'r.jsonl',
    jsonl({ id: 'a', correct: true, f1: 0.5, note: 'x' }, { id: 'b', correct: false, f1: 1 }),
  );
  expect(seriesNames(results)).toEqual(['all/correct', 'all/f1']);
  const scores = findSeries(results, 'correct')?.series.scores;
  expect([scores?.mean(0), scores?.mean(1)]).toEqual([1, 0]);
});

test('null, NaN and an error are missing scores', async () => {
  const text = `${jsonl({ id: 'a', s: 1 }, { id: 'b', s: null })}{"id": "c", "s": NaN}\n${jsonl({ id: 'd', s: 0, error: 'timeout' })}`;
  const plain = await read('r.jsonl', text);
  const found = findSeries(plain, 's');
  expect([0, 1, 2, 3].map((row) => found?.series.scores?.count(row))).toEqual([1, 0, 0, 0]);
  expect(found?.task.errored).toBe(1);
});

test('CSV: quotes, line breaks inside quotes, other delimiters', async () => {
  const results = await read(
    'r.csv',
    '\ufeffquestion;target;score\r\n"what; is\n""this""?";x;0,5\r\n'.replace('0,5', '0.5'),
  );
  const task = results.tasks[0];
  expect(task?.items?.size).toBe(1);
  expect(findSeries(results, 'score')?.series.scores?.mean(0)).toBe(0.5);
});

test('CSV: a record of another length is an error at its line', async () => {
  await expect(read('r.csv', 'id,score\na,1\nb,1,2\n')).rejects.toThrow(
    /r.csv line 3: 3 fields, but the header has 2/,
  );
});

test('a column map, and its mistakes', async () => {
  const text = jsonl({ key: 'a', q: 'x', won: 1, cost: 3 });
  const results = await read('r.jsonl', text, { columns: { id: 'key', input: 'q', scores: ['won'] } });
  expect(seriesNames(results)).toEqual(['all/won']);
  await expect(read('r.jsonl', text)).rejects.toThrow(/neither an id nor an input column/);
  await expect(read('r.jsonl', text, { columns: { id: 'kay' } })).rejects.toThrow(
    /no column "kay"; there are key, q, won, cost/,
  );
});

test('a score that is no number is an error at its line', async () => {
  await expect(read('r.jsonl', jsonl({ id: 'a', s: 1 }, { id: 'b', s: 'good' }))).rejects.toThrow(
    /line 2: "s" is "good", not a number/,
  );
});

test('rows of the same item are averaged, and it is said', async () => {
  const results = await read('r.jsonl', jsonl({ id: 'a', s: 1 }, { id: 'a', s: 0 }, { id: 'b', s: 1 }));
  expect(findSeries(results, 's')?.series.scores?.mean(0)).toBe(0.5);
  expect(findSeries(results, 's')?.series.scores?.variance(0)).toBe(0.5);
  expect(results.notes.join()).toContain('1 rows repeat an item');
});

test('gzip is seen by its bytes; a damaged one is said to be', async () => {
  const packed = gzipSync(jsonl({ id: 'a', s: 1 }));
  expect((await read('r.jsonl', packed)).tasks[0]?.items?.size).toBe(1);
  await expect(read('r.jsonl', packed.subarray(0, -9))).rejects.toThrow(/damaged or cut off/);
});

test('broken JSON names its line', async () => {
  await expect(
    read('r.jsonl', `${jsonl({ id: 'a', s: 1 })}{"id": }\n${jsonl({ id: 'b', s: 1 })}`),
  ).rejects.toThrow(/r.jsonl line 2: not valid JSON/);
});

test('nothing that is recognised, nothing there', async () => {
  await expect(read('r.json', '{"hello": 1}')).rejects.toThrow(/is no evaluation result that is recognised/);
  await expect(readResults('/nowhere/at/all')).rejects.toThrow(/does not exist/);
});

test('a byte order mark, CRLF, gzip: the same items, scores and texts', async () => {
  const rows = [
    { id: 'a', input: 'q1', target: 't1', output: 'x', s: 1 },
    { id: 'b', input: 'q2', target: 't2', output: 'y', s: 0 },
  ];
  const text = jsonl(...rows);
  const csv = `id,input,target,output,s\n${rows.map((row) => Object.values(row).join()).join('\n')}\n`;
  const files: [string, string | Buffer][] = [
    ['r.jsonl', text],
    ['r.jsonl', `\ufeff${text.replaceAll('\n', '\r\n')}`],
    ['r.jsonl.gz', gzipSync(text)],
    ['r.json', `\ufeff${JSON.stringify(rows, null, 2)}`],
    ['r.json.gz', gzipSync(JSON.stringify(rows, null, 2))],
    ['r.csv', csv],
    ['r.csv', `\ufeff${csv.replaceAll('\n', '\r\n')}`],
    ['r.csv.gz', gzipSync(csv)],
  ];
  for (const [name, content] of files) {
    const results = await read(name, content);
    const { task, series } = findSeries(results, 's') as Found;
    expect([0, 1].map((row) => series.scores?.mean(row))).toEqual([1, 0]);
    expect(await results.texts(task, [1, 0])).toEqual([
      { input: 'q2', target: 't2', answer: 'y' },
      { input: 'q1', target: 't1', answer: 'x' },
    ]);
  }
});

test('a gzip CSV that is cut off is an error', async () => {
  const whole = gzipSync(
    `id,s\n${Array.from({ length: 500 }, (_, i) => `${i * 7919},${i % 2}`).join('\n')}\n`,
  );
  await expect(read('r.csv.gz', whole.subarray(0, -30))).rejects.toThrow(/damaged or cut off/);
});

test('the first row may be one that failed: its scores are missing, not the columns', async () => {
  const rows = [
    { id: 'a', s: null, error: 'timed out' },
    { id: 'b', s: 1, f1: 0.5, note: 'x' },
    { id: 'c', s: 0, f1: 0.25, note: '3', error: 500 },
  ];
  const results = await read('r.jsonl', jsonl(...rows));
  expect(seriesNames(results)).toEqual(['all/s', 'all/f1']);
  expect(results.tasks[0]?.errored).toBe(2);
  expect([0, 1, 2].map((row) => findSeries(results, 's')?.series.scores?.count(row))).toEqual([0, 1, 0]);
  const named = await read('r.jsonl', jsonl({ id: 'a', error: 'x' }, { id: 'b', s: 1 }), {
    columns: { scores: ['s'] },
  });
  expect(findSeries(named, 's')?.task.items?.size).toBe(2);
});

test('a first row of several megabytes is a row', async () => {
  const input = 'long '.repeat(500_000);
  expect(
    (await read('r.jsonl', jsonl({ id: 'a', input, s: 1 }, { id: 'b', input: 'q', s: 0 }))).tasks[0]?.items
      ?.size,
  ).toBe(2);
});

test('CSV: a last line that is not closed is spoken of, for it may be half of one', async () => {
  const whole = 'id,s\na,1\nb,0.125\n';
  expect((await read('r.csv', whole)).notes).toEqual([]);
  expect((await read('r.csv', whole.replaceAll('\n', '\r\n'))).notes).toEqual([]);
  expect((await read('r.csv', whole.slice(0, -3))).notes).toEqual([
    expect.stringContaining('is not closed by a line break'),
  ]);
});

test('CSV: a column that the header names twice is an error', async () => {
  await expect(read('r.csv', 'id,score,score\na,1,0\n')).rejects.toThrow(
    /line 1: the header names "score" twice/,
  );
});

test('a slice that is null in a row is called that', async () => {
  const text = jsonl({ id: 'a', s: 1, language: 'en' }, { id: 'b', s: 1, language: null });
  await expect(read('r.jsonl', text, { slices: ['language'] })).rejects.toThrow(
    /r.jsonl line 2: "language" is null, so the item is in no slice/,
  );
});
