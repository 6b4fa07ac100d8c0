import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { expect, test } from 'vitest';
import { writeNormalForm } from '../../results/normal-form.ts';
import type { ReadOptions, Results } from '../../results/results.ts';
import { readPlain } from './read.ts';
import { readInThread, readJsonLines } from './threads.ts';

const folder = await mkdtemp(join(tmpdir(), 'threads-'));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({
      id: `item ${i % 1100}`,
      input: `question "${i % 1100}" 中文`,
      target: `${i % 7}`,
      task: i % 3 === 0 ? 'sums' : 'dates',
      language: i % 2 === 0 ? 'en' : 'zh',
      score: i % 5 === 4 ? null : i / 8,
      ...(i % 11 === 7 ? { error: 'timed out' } : {}),
      output: `answer ${i}`,
    }),
  ).join('\n');

/** All that a decision and a report rest on. */
async function told(results: Results): Promise<object> {
  const { tasks, texts, ...rest } = results;
  return {
    ...rest,
    digest: await writeNormalForm(results, join(folder, 'form.gz')),
    tasks: await Promise.all(
      tasks.map(async (task) => ({
        ...task,
        items: [task.items?.size, task.items?.identity, task.items?.fingerprint(), task.items?.repeated],
        rows: task.series.map(({ scores }) =>
          Array.from({ length: task.items?.size ?? 0 }, (_, i) => [
            scores?.mean(i),
            scores?.count(i),
            scores?.variance(i),
          ]),
        ),
        series: task.series.map(({ scores, ...series }) => series),
        places: Array.from({ length: task.items?.size ?? 0 }, (_, i) => task.items?.place(i)),
        texts: await texts(task, [0, 1, 17]),
      })),
    ),
  };
}

test.each<[string, string | Buffer, ReadOptions]>([
  ['ids, tasks, repeats, errors', lines(3000), { slices: ['language'] }],
  ['items known by their input', lines(900).replaceAll('"id"', '"note"'), { columns: { scores: ['score'] } }],
  ['gzip, whose texts are found in one pass', gzipSync(lines(900)), {}],
])('a thread reads what this thread reads: %s', async (_, content, options) => {
  const path = await file('same.jsonl', content);
  const apart = await readInThread(path, options);
  expect(apart).not.toBeNull();
  expect(await told(apart as Results)).toEqual(await told(await readPlain(path, 'jsonl', options)));
});

test.each<[string, string, ReadOptions]>([
  ['a row that is no JSON', `${lines(50)}\n{"id": "x", "score": 01}\n`, {}],
  ['a file that is cut off', `${lines(50)}\n{"id": "x", "sco`, {}],
  ['a column that is not there', lines(5), { columns: { id: 'kay' } }],
  ['a slice that is not there', lines(5), { slices: ['country'] }],
  ['no items', '\n', {}],
])("a user's mistake is told in the same words: %s", async (_, content, options) => {
  const path = await file('mistake.jsonl', content);
  const here = await readPlain(path, 'jsonl', options).catch((error) => error);
  const apart = await readInThread(path, options).catch((error) => error);
  expect(here).toBeInstanceOf(UserError);
  expect(apart).toBeInstanceOf(UserError);
  expect([apart.message, apart.exitCode]).toEqual([here.message, here.exitCode]);
});

test('what a thread cannot do is left to the thread that asked', async () => {
  const path = await file('left.jsonl', lines(5));
  expect(await readInThread(join(folder, 'gone.jsonl'))).toBeNull();
  expect(await readInThread(path, {}, pathToFileURL(join(folder, 'no-entry.ts')))).toBeNull();
  const silent = await file('silent.mjs', '');
  expect(await readInThread(path, {}, pathToFileURL(silent))).toBeNull();
});

test('two large files are read at once, a third as well, and on one processor one after the other', async () => {
  const paths = await Promise.all([1, 2, 3].map((i) => file(`side-${i}.jsonl`, lines(500 * i))));
  const want = await Promise.all(paths.map(async (path) => told(await readPlain(path, 'jsonl'))));
  for (const processors of [1, 2]) {
    const found = await Promise.all(paths.map((path) => readJsonLines(path, {}, { large: 1, processors })));
    expect(await Promise.all(found.map(told))).toEqual(want);
  }
});

test('a long file, for whose rows room is made early, reads as its packed twin, whose length nobody knows', async () => {
  const rows = Array.from({ length: 12_345 }, (_, i) =>
    JSON.stringify({ id: `item ${i % 12_000}`, input: `question ${i}`, score: i % 3 }),
  ).join('\n');
  const [plain, packed] = await Promise.all([
    readPlain(await file('long.jsonl', rows), 'jsonl'),
    readPlain(await file('long.jsonl.gz', gzipSync(rows)), 'jsonl'),
  ]);
  expect({ ...(await told(plain)), source: '' }).toEqual({ ...(await told(packed)), source: '' });
  expect(plain.tasks[0]?.items?.size).toBe(12_000);
});
