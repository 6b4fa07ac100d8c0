import { bootstrapStatistic, Generator } from '@sluice/statistics';
import { expect, test } from 'vitest';
import { bootstrapCells, cellsOf } from './cells.ts';

const RESAMPLES = { resamples: 500, seed: 5 };
const ratio = (sums: ArrayLike<number>): number => (sums[0] as number) / (sums[1] as number);

test('the interval is that of all rows, one by one', () => {
  const rows = Float64Array.from({ length: 400 }, (_, i) => (i % 2 ? 1 : Number((i * 7) % 10 < 6)));
  const cells = cellsOf(rows, 2);
  expect(cells?.rows).toHaveLength(2);
  const at = bootstrapCells(cells as NonNullable<typeof cells>, 2, ratio, RESAMPLES);
  for (const confidence of [0.9, 0.99]) {
    const random = Generator.fromSeed(RESAMPLES.seed);
    const dense = bootstrapStatistic(rows, 2, ratio, { confidence, resamples: RESAMPLES.resamples, random });
    const found = at(confidence);
    if (dense.kind !== 'interval' || found.kind !== 'interval') throw new Error('no interval');
    expect(found.lower).toBeCloseTo(dense.lower, 12);
    expect(found.upper).toBeCloseTo(dense.upper, 12);
    expect(found.acceleration).toBeCloseTo(dense.acceleration, 12);
  }
});

test('rows that are all different are no cells; rows that are all the same have no interval', () => {
  expect(
    cellsOf(
      Float64Array.from({ length: 100 }, (_, i) => i),
      1,
    ),
  ).toBeNull();
  const same = cellsOf(new Float64Array(200).fill(1), 2);
  const interval = bootstrapCells(same as NonNullable<typeof same>, 2, ratio, RESAMPLES)(0.9);
  expect(interval).toMatchObject({ kind: 'undecided', reason: 'no-spread' });
});
