import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
