import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { expect, test } from 'vitest';
import { readResults } from '../read/read-results.ts';
import { findSeries } from './metric-name.ts';
import { writeNormalForm } from './normal-form.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

test.each(['lm-eval/good', 'lm-eval/choice', 'evalscope/repeats'])(
  '%s comes back as it was written',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'normal-'));
    const slices = name === 'lm-eval/good' ? ['language'] : [];
    const before = await readResults(join(FIXTURES, name), { slices });
    await writeNormalForm(before, join(folder, 'a.jsonl.gz'));
    const after = await readResults(join(folder, 'a.jsonl.gz'));
    await writeNormalForm(after, join(folder, 'b.jsonl.gz'));
    expect(await readFile(join(folder, 'b.jsonl.gz'))).toEqual(await readFile(join(folder, 'a.jsonl.gz')));
    const [a, b] = [before.tasks[0], after.tasks[0]];
    expect(b?.items?.fingerprint()).toBe(a?.items?.fingerprint());
    expect(b?.items?.promptsDigest()).toBe(a?.items?.promptsDigest());
    expect(b?.settings).toEqual(a?.settings);
    for (const series of a?.series ?? []) {
      const back = findSeries(
        after,
        `${series.task}/${series.metric}${series.filter ? `@${series.filter}` : ''}`,
      )?.series;
      for (let row = 0; row < (a?.items?.size ?? 0); row++) {
        expect(back?.scores?.count(row)).toBe(series.scores?.count(row));
        if (series.scores?.count(row)) expect(back?.scores?.mean(row)).toBe(series.scores.mean(row));
      }
    }
    if (a && b) expect(await after.texts(b, [1])).toEqual(await before.texts(a, [1]));
  },
);

test('lines that are not as they were written are refused at their place, whatever stands there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'normal-'));
  const path = join(folder, 'a.jsonl.gz');
  await writeNormalForm(await readResults(join(FIXTURES, 'lm-eval/good'), { slices: ['language'] }), path);
  const [head, ...items] = gunzipSync(await readFile(path))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const read = async (...rows: unknown[]) => {
    const changed = join(folder, 'b.jsonl');
    await writeFile(changed, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return readResults(changed);
  };
  expect((await read(head, ...items)).tasks[0]?.items?.size).toBe(40);
  await expect(read(head, ...items, items[3])).rejects.toThrow(/line 42: the item is there a second time/);
  for (const strange of [undefined, null, 1, 'x', [null], [1], { a: 1 }]) {
    for (const key of ['evaluator', 'notes', 'tasks', 'format'])
      if (JSON.stringify(strange) !== JSON.stringify(head[key]) && !(key === 'format' && strange === 'x'))
        await expect(read({ ...head, [key]: strange }, ...items)).rejects.toThrow(UserError);
    for (const key of ['key', 'v'])
      if (!(key === 'v' && Array.isArray(strange)))
        await expect(read(head, { ...items[0], [key]: strange }, ...items.slice(1))).rejects.toThrow(
          /line 2: the item is not as it was written/,
        );
  }
});
