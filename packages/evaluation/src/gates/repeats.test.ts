import { drawNormal, Generator } from '@sluice/statistics';
import { expect, test } from 'vitest';
import type { Pairs } from '../pair/pair.ts';
import { repeatsSentence, repeatsSplit } from './repeats.ts';

/** Items whose true differences have deviation `between`; each answer adds noise of deviation `within`. */
function pairs(items: number, repeats: number, between: number, within: number): Pairs {
  const random = Generator.fromSeed(2);
  const average = (centre: number): [number, number] => {
    const all = Array.from({ length: repeats }, () => centre + within * drawNormal(random));
    const mean = all.reduce((sum, x) => sum + x, 0) / repeats;
    return [mean, all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (repeats - 1)];
  };
  const sides = Array.from(
    { length: items },
    () => [average(between * drawNormal(random)), average(0)] as const,
  );
  const variance = (side: 0 | 1): number => sides.reduce((sum, item) => sum + item[side][1], 0) / items;
  return {
    rows: Int32Array.from({ length: items }, (_, i) => i),
    candidate: Float64Array.from(sides, ([mine]) => mine[0]),
    baseline: Float64Array.from(sides, ([, theirs]) => theirs[0]),
    onlyInCandidate: 0,
    onlyInBaseline: 0,
    withoutScore: 0,
    binary: false,
    repeats: {
      candidate: { perItem: repeats, variance: variance(0) },
      baseline: { perItem: repeats, variance: variance(1) },
    },
  };
}

test('the variance is split into items and repeats, and the best number follows', () => {
  const split = repeatsSplit(pairs(20_000, 3, 0.1, 0.2));
  expect(split?.items).toBeCloseTo(0.01, 2);
  expect(split?.repeats).toBeCloseTo(0.08, 2);
  expect(split?.best).toBe(3); // √(0.08 / 0.01) = 2.8
  expect(repeatsSentence('accuracy', split as NonNullable<typeof split>)).toContain(
    '3 answers an item count as one, their average; of the variance of one difference 11 % lies between items',
  );
});

test('items that differ much want a single answer each; items that do not, repeats', () => {
  expect(repeatsSplit(pairs(2000, 2, 1, 0.1))?.best).toBe(1);
  const same = {
    ...pairs(100, 4, 0, 0.3),
    candidate: new Float64Array(100),
    baseline: new Float64Array(100),
  };
  expect(repeatsSplit(same)?.best).toBeNull();
});

test('without repeats there is nothing to split', () => {
  const once = pairs(50, 2, 0.1, 0.1);
  const side = { perItem: 1, variance: 0 };
  expect(repeatsSplit({ ...once, repeats: { candidate: side, baseline: side } })).toBeNull();
});
