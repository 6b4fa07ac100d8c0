import { Generator, tangoExactAbove } from '@sluice/statistics';
import { expect, test } from 'vitest';
import { pairedShares } from './binary.ts';
import { choosePaired, chooseSingle } from './choose.ts';

const OPTIONS = { alpha: 0.05, test: 'auto', family: 1 } as const;

test.each([
  [40, 4, 6],
  [250, 11, 14],
  [600, 30, 45],
  [6000, 300, 330],
])('n %d, %d gains, %d losses: the interval is where the tests change their mind', (items, gains, losses) => {
  const test = pairedShares({ items, gains, losses }, 0.05);
  const { lower, upper } = test.interval;
  expect(test.above(lower - 1e-3)).toBeLessThanOrEqual(0.05);
  expect(test.above(lower + 1e-3)).toBeGreaterThan(0.05);
  expect(test.below(upper + 1e-3)).toBeLessThanOrEqual(0.05);
  expect(test.below(upper - 1e-3)).toBeGreaterThan(0.05);
});

test('an interval holds 0 inside only where McNemar shows no difference', () => {
  for (const [gains, losses] of [
    [4, 0],
    [5, 0],
    [8, 2],
    [9, 2],
    [2, 9],
    [12, 5],
  ] as const) {
    const { interval, above, below } = pairedShares({ items: 60, gains, losses }, 0.05);

    if (above(0) > 0.05) expect(interval.lower).toBeLessThanOrEqual(0);
    if (below(0) > 0.05) expect(interval.upper).toBeGreaterThanOrEqual(0);
    if (above(0) <= 0.05) expect(interval.lower).toBeGreaterThanOrEqual(0);
  }
});

test('harm too is shown by the exact tail', () => {
  const counts = { items: 44, gains: 0, losses: 9 };
  const mirrored = { items: 44, gains: 9, losses: 0 };
  expect(pairedShares(counts, 0.05).below(-0.1)).toBe(tangoExactAbove(mirrored, 0.1));
});

test('averages of repeats of which few differ are bounded by betting, each item for itself', () => {
  const random = Generator.fromSeed(3);
  const baseline = Float64Array.from({ length: 60 }, () => (random.uniform() < 0.7 ? 1 : 0));
  const candidate = baseline.map((score, i) => (i < 4 ? Math.abs(score - 1 / 3) : score));
  const few = choosePaired({ candidate, baseline, binary: false, clusters: null }, OPTIONS);
  expect(few).toMatchObject({ kind: 'test', name: 'betting bound on 60 items, of which 4 differ' });
  const many = choosePaired(
    {
      candidate: baseline.map((score, i) => (i % 3 ? score : Math.abs(score - 1 / 3))),
      baseline,
      binary: false,
      clusters: null,
    },
    OPTIONS,
  );
  expect(many.kind === 'test' && many.name).toBe('betting bound on 60 items, of which 20 differ');
  const most = choosePaired(
    {
      candidate: baseline.map((score, i) => Math.abs(score - (i % 5) / 5)),
      baseline,
      binary: false,
      clusters: null,
    },
    OPTIONS,
  );
  expect(most.kind === 'test' && most.name).toBe('paired t');
  const rare = chooseSingle(
    Float64Array.from({ length: 200 }, (_, i) => (i < 3 ? 0.4 : 0)),
    false,
    null,
    OPTIONS,
  );
  expect(rare.kind === 'test' && rare.name).toBe('betting bound on 200 items, of which 3 differ');
});
