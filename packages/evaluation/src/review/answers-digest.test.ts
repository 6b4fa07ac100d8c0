import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNormalForm, writeNormalForm } from '../results/normal-form.ts';
import { answersDigest } from './answers-digest.ts';
import { answered } from './testing.ts';

const long = (i: number) => `${'x'.repeat(1500)} ${i}`;

it('is the same for stored results, which keep the first thousand characters, and other slices and scores', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-answers-'));
  try {
    for (const answer of [String, long]) {
      const results = answered('a', { qa: 30, sums: 5 }, answer);
      const digest = await answersDigest(results);
      await writeNormalForm(results, join(folder, 'kept.jsonl.gz'));
      expect(await answersDigest(await readNormalForm(join(folder, 'kept.jsonl.gz')))).toBe(digest);
      const sliced = answered('b', { sums: 5, qa: 30 }, answer, {
        slice: String,
        scores: () => ({ other: 0 }),
      });
      expect(await answersDigest(sliced)).toBe(digest);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('is another for one answer, one item or one task more', async () => {
  const digest = await answersDigest(answered('a', { qa: 30 }, String));
  for (const other of [
    answered('a', { qa: 30 }, (i) => (i === 17 ? 'other' : String(i))),
    answered('a', { qa: 31 }, String),
    answered('a', { qa: 30, sums: 1 }, String),
    answered('a', { aq: 30 }, String),
  ])
    expect(await answersDigest(other)).not.toBe(digest);
});

it('of a large task reads some answers, and all items', async () => {
  let read = 0;
  const large = answered('a', { qa: 6000 }, String);
  const counted = {
    ...large,
    texts: async (task: never, rows: readonly number[]) => {
      read += rows.length;
      return large.texts(task, rows);
    },
  };
  const digest = await answersDigest(counted as never);
  expect(read).toBe(5000);
  expect(await answersDigest(answered('a', { qa: 6001 }, String))).not.toBe(digest);
  expect(await answersDigest(answered('a', { qa: 6000 }, (i) => (i % 100 === 0 ? 'x' : String(i))))).not.toBe(
    digest,
  );
});
