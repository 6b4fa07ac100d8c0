import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Measured, measure } from './measure.ts';
import { writeSamples } from './samples.ts';
import { compare, spreadOf, table } from './table.ts';

test('both files hold the same items, in orders of their own, and a tenth of the scores differ', async () => {
  const { candidate, baseline } = await writeSamples(await mkdtemp(join(tmpdir(), 'gate-')), 3000, 1);
  const rows = async (path: string) =>
    (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; input: string; target: string; accuracy: number });
  const [mine, theirs] = [await rows(candidate), await rows(baseline)];
  expect(mine.map(({ id }) => id)).not.toEqual(theirs.map(({ id }) => id));
  const byId = new Map(theirs.map((row) => [row.id, row]));
  expect(byId.size).toBe(3000);
  let differ = 0;
  for (const { id, input, target, accuracy } of mine) {
    const other = byId.get(id);
    expect([other?.input, other?.target]).toEqual([input, target]);
    if (accuracy !== other?.accuracy) differ++;
  }
  expect(differ / 3000).toBeCloseTo(0.1, 1);
});

test.runIf(process.platform === 'linux')(
  'a program is measured from outside: its memory and its answer',
  async () => {
    const script = `
    const held = new Uint8Array(300e6).fill(1);
    setTimeout(() => process.stdout.write(JSON.stringify({ n: held.length, interval: [0, 1] })), 200);`;
    const found = await measure([process.execPath, '-e', script], process.env);
    expect(found.answer.n).toBe(300e6);
    expect(found.memory).toBeGreaterThan(300);
    expect(found.memory).toBeLessThan(900);
    expect(found.seconds).toBeGreaterThan(0.2);
    await expect(measure([process.execPath, '-e', 'process.exit(3)'], process.env)).rejects.toThrow(
      /ended with 3/,
    );
  },
);

test('ratios are taken pair by pair, and the table has their median and spread', () => {
  const run = (seconds: number, memory: number): Measured => ({
    seconds,
    cpu: seconds,
    memory,
    answer: { n: 1, interval: [0, 1] },
  });
  const row = compare('x', [
    [run(1, 10), run(5, 100)],
    [run(2, 20), run(12, 100)],
    [run(1, 10), run(7, 100)],
  ]);
  expect(row.times).toEqual({ least: 5, median: 6, most: 7 });
  expect(row.memory).toEqual({ least: 0.1, median: 0.1, most: 0.2 });
  expect(table([row])).toContain('| times as fast; share of the memory | 6.0 (5.0 to 7.0) |');
  expect(spreadOf([4, 1, 3, 2])).toEqual({ least: 1, median: 2.5, most: 4 });
});
