import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawNormal } from '../random/draws.ts';
import { Generator } from '../random/generator.ts';
import { clusterBetting } from './cluster-betting.ts';
import { clusteredMean } from './clustered.ts';
import { tInterval, tTest } from './estimate.ts';
import { differences, sampleMean } from './one-sample.ts';
import { bestRepeats, repeatsVariance } from './repeats.ts';
import { welch } from './welch.ts';

// scores; values whose squares vanish have no variance in floating point
const score = fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1_000_000);
const values = fc.array(score, { minLength: 6, maxLength: 60 });

describe('what cannot be estimated is undecided, with the reason', () => {
  it('ten identical pairs, one item, NaN', () => {
    expect(sampleMean(new Array(10).fill(0))).toMatchObject({ kind: 'undecided', reason: 'no-spread' });
    expect(sampleMean(new Array(10).fill(0.1))).toMatchObject({ reason: 'no-spread' });
    expect(sampleMean([0.3])).toMatchObject({ reason: 'too-few-items' });
    expect(sampleMean([0.3, Number.NaN])).toMatchObject({ reason: 'not-finite' });
    expect(welch([1, 1], [0, 0])).toMatchObject({ reason: 'no-spread' });
    expect(repeatsVariance([[1], [0]])).toMatchObject({ reason: 'too-few-items' });
  });
  it('under five clusters', () => {
    const four = clusteredMean([0.1, 0.2, 0.3, 0.5], ['a', 'b', 'c', 'd']);
    expect(four).toMatchObject({ kind: 'undecided', reason: 'too-few-clusters' });
    expect(clusterBetting([1, 0, 0, 0], [1, 2, 3, 4])).toMatchObject({ reason: 'too-few-clusters' });
  });
});

describe('clustered means', () => {
  it('one item a cluster is the plain t test', () => {
    fc.assert(
      fc.property(values, (x) => {
        const plain = sampleMean(x);
        if (plain.kind === 'undecided') return;
        const labels = x.map((_, i) => i);
        for (const estimator of ['CR2', 'CR1', 'miller'] as const) {
          const clustered = clusteredMean(x, labels, estimator);
          if (clustered.kind === 'undecided') throw new Error(clustered.message);
          expect(clustered.standardError).toBeCloseTo(plain.standardError, 10);
          if (estimator === 'CR2') expect(clustered.degreesOfFreedom).toBeCloseTo(plain.degreesOfFreedom, 6);
        }
      }),
    );
  });
  it('the order of items does not matter', () => {
    fc.assert(
      fc.property(values, (x) => {
        const labels = x.map((_, i) => i % 6);
        const one = clusteredMean(x, labels);
        const two = clusteredMean([...x].reverse(), [...labels].reverse());
        if (one.kind === 'undecided' || two.kind === 'undecided') expect(one.kind).toBe(two.kind);
        else expect(one.standardError).toBeCloseTo(two.standardError, 10);
      }),
    );
  });
  it('holds its level where one cluster dominates, where CR1 does not', () => {
    const random = Generator.fromSeed(17);
    const runs = 3000;
    const sizes = Array.from({ length: 50 }, (_, g) => (g === 0 ? 100 : 4));
    const labels = sizes.flatMap((size, g) => new Array<number>(size).fill(g));
    let [cr1, cr2] = [0, 0];
    for (let r = 0; r < runs; r++) {
      const shared = sizes.map(() => drawNormal(random) * Math.sqrt(0.3));
      const x = labels.map((g) => (shared[g] as number) + drawNormal(random) * Math.sqrt(0.7));
      const one = clusteredMean(x, labels, 'CR1');
      const two = clusteredMean(x, labels, 'CR2');
      if (one.kind === 'estimate' && tTest(one, 0, 'greater').pValue < 0.05) cr1++;
      if (two.kind === 'estimate' && tTest(two, 0, 'greater').pValue < 0.05) cr2++;
    }
    expect(cr2 / runs).toBeLessThan(0.07);
    expect(cr1 / runs).toBeGreaterThan(0.09);
  });
});

describe('betting on clusters', () => {
  const sparse = Array.from({ length: 200 }, (_, i) => (i % 50 === 0 ? -1 : i % 67 === 0 ? 1 : 0));
  const labels = sparse.map((_, i) => i >> 2);

  it('is symmetric, and its bounds are where its p-values cross alpha', () => {
    const one = clusterBetting(sparse, labels);
    const two = clusterBetting(
      sparse.map((x) => -x),
      labels,
    );
    if (one.kind === 'undecided' || two.kind === 'undecided') throw new Error('undecided');
    expect(one.clusters).toBe(50);
    expect(one.lowerBound(0.05)).toBeLessThan(one.estimate);
    expect(one.upperBound(0.05)).toBeGreaterThan(one.estimate);
    expect(one.lowerBound(0.05)).toBeCloseTo(-two.upperBound(0.05), 9);
    expect(one.pAbove(one.lowerBound(0.05))).toBeCloseTo(0.05, 6);
    expect(one.pAbove(-0.3)).toBeLessThan(one.pAbove(-0.2));
  });
  it('proves no margin from ten identical clusters', () => {
    const none = clusterBetting(new Array(10).fill(0), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    if (none.kind === 'undecided') throw new Error('undecided');
    expect(none.lowerBound(0.05)).toBeLessThan(-0.2588);
    expect(none.upperBound(0.05)).toBeGreaterThan(0.2588);
    expect(none.differing).toBe(0);
  });
  it('refuses what is not bounded', () => {
    expect(() => clusterBetting([0, 0, 0, 0, 2], [0, 1, 2, 3, 4])).toThrow(RangeError);
  });
});

describe('t intervals', () => {
  it('cover the mean as often as they say', () => {
    const random = Generator.fromSeed(5);
    let held = 0;
    for (let r = 0; r < 4000; r++) {
      const mean = sampleMean(Array.from({ length: 8 }, () => 3 + drawNormal(random)));
      if (mean.kind === 'undecided') continue;
      const { lower, upper } = tInterval(mean, 0.9);
      if (lower <= 3 && 3 <= upper) held++;
    }
    expect(held / 4000).toBeGreaterThan(0.885);
    expect(held / 4000).toBeLessThan(0.915);
  });
  it('p-values lie in [0, 1] and the two sides add up to 1', () => {
    fc.assert(
      fc.property(values, fc.double({ min: -1, max: 1, noNaN: true }), (x, nullValue) => {
        const mean = sampleMean(x);
        if (mean.kind === 'undecided') return;
        const [up, down, both] = (['greater', 'less', 'two-sided'] as const).map(
          (side) => tTest(mean, nullValue, side).pValue,
        ) as [number, number, number];
        expect(up + down).toBeCloseTo(1, 12);
        expect(both).toBeCloseTo(2 * Math.min(up, down), 12);
      }),
    );
  });
  it('differences are taken item by item', () => {
    expect([...differences([1, 0.5], [0.25, 1])]).toEqual([0.75, -0.5]);
    expect(() => differences([1], [])).toThrow(RangeError);
  });
});

it('repeats that vary more than items are worth buying', () => {
  const split = repeatsVariance([
    [1, 0, 1],
    [0, 1, 0],
    [1, 1, 1],
    [0, 0, 0],
  ]);
  if (split.kind === 'undecided') throw new Error('undecided');
  expect(bestRepeats(split, 1, 1)).toBeLessThan(bestRepeats(split, 10, 1));
  expect(bestRepeats({ ...split, itemVariance: 0 }, 1, 1)).toBe(Infinity);
});
