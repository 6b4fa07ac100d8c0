import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { batchesOf } from '../early/order.ts';
import { evaluatorConfig } from './config.ts';
import { evalScopeSlice } from './evalscope-slice.ts';

const fresh = (): Promise<string> => mkdtemp(join(tmpdir(), 'slice-'));
const config = (args: unknown, more: object = {}) =>
  z.parse(evaluatorConfig, { tasks: ['mcq'], 'dataset-args': { mcq: args }, ...more });

async function data(): Promise<string> {
  const folder = await fresh();
  const lines = Array.from({ length: 7 }, (_, i) => JSON.stringify({ question: `q${i}`, answer: 'A' }));
  await writeFile(join(folder, 'easy.jsonl'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'hard_val.csv'), 'question,answer\n"two\nlines",A\nq8,B\nq9,A\n');
  await writeFile(join(folder, 'hard_dev.csv'), 'question,answer\nexample,A\n');
  return folder;
}

const BOTH = ['easy', 'hard'];

test('the batches of one order hold every row once, in the subsets that they come from', async () => {
  const local_path = await data();
  const seen: string[] = [];
  for (const batch of batchesOf(10, 3, 4)) {
    const folder = await fresh();
    const sliced = await evalScopeSlice(
      config({ local_path, subset_list: BOTH }),
      { mcq: batch },
      { mcq: 10 },
      '/',
      folder,
    );
    const args = sliced['dataset-args'] as { mcq: { local_path: string; subset_list: string[] } };
    const { local_path: at, subset_list } = args.mcq;
    for (const name of subset_list) {
      const file = name === 'easy' ? 'easy.jsonl' : 'hard_val.jsonl';
      const rows = (await readFile(join(at, file), 'utf8')).trim().split('\n');
      seen.push(...rows.map((row) => JSON.parse(row).question));
    }
    expect(await readdir(at)).toContain('hard_dev.csv');
    expect(await readdir(at)).not.toContain('hard_val.csv');
  }
  expect(seen.sort()).toEqual(['q0', 'q1', 'q2', 'q3', 'q4', 'q5', 'q6', 'q8', 'q9', 'two\nlines']);
});

test('a limit is of each subset', async () => {
  const local_path = await data();
  const limited = config({ local_path, subset_list: BOTH }, { limit: 2 });
  const sliced = await evalScopeSlice(limited, { mcq: [0, 1, 2, 3] }, { mcq: 4 }, '/', await fresh());
  expect(sliced.limit).toBeUndefined();
  expect(sliced['dataset-args']?.mcq).toMatchObject({ subset_list: BOTH });
});

test.each([
  [{}, 10, /can only be given a part of local data: give mcq a `local_path`/],
  [{ subset_list: ['absent'] }, 10, /has no absent\.jsonl or absent\.csv/],
  [{ subset_list: ['easy'] }, 9, /holds 7 items, and the baseline has 9/],
])('%j with %d items in the baseline is the user’s mistake', async (args, wanted, message) => {
  const given = 'subset_list' in args ? { ...args, local_path: await data() } : args;
  const sliced = evalScopeSlice(config(given), { mcq: [0] }, { mcq: wanted }, '/', await fresh());
  await expect(sliced).rejects.toThrow(message);
});
