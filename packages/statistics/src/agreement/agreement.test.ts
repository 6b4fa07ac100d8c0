import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixtures from '../../fixtures/agreement.json' with { type: 'json' };
import { Generator } from '../random/generator.ts';
import { cohenKappa, type KappaEstimate, type KappaWeights, kappaInterval } from './cohen-kappa.ts';
import {
  type AlphaEstimate,
  type AlphaMetric,
  alphaInterval,
  krippendorffAlpha,
} from './krippendorff-alpha.ts';

const kappa = (table: number[][], weights?: KappaWeights) => cohenKappa(table, weights) as KappaEstimate;

describe("Cohen's kappa", () => {
  it('is that of statsmodels and scikit-learn, with its standard error', () => {
    for (const { table, weights, kappa: value, se } of fixtures.kappas) {
      const found = kappa(table, weights as KappaWeights);
      expect(found.kappa).toBeCloseTo(value, 10);
      expect(found.standardError).toBeCloseTo(se, 10);
    }
  });

  it('is the published value of a textbook table, with its interval', () => {
    // two readers of 50 proposals: 35 judged alike, 25 expected by chance
    const found = kappa([
      [20, 5],
      [10, 15],
    ]);
    expect(found).toMatchObject({ kappa: expect.closeTo(0.4, 12), agreement: 0.7, items: 50 });
    const { lower, upper } = kappaInterval(found, 0.95);
    expect([lower, upper]).toEqual([expect.closeTo(0.1511, 3), expect.closeTo(0.6489, 3)]);
  });

  it('is undefined where both always say the same word', () => {
    expect(
      cohenKappa([
        [0, 0],
        [0, 50],
      ]),
    ).toMatchObject({ kind: 'undecided', reason: 'no-spread' });
    expect(cohenKappa([[0]])).toMatchObject({ kind: 'undecided', reason: 'no-data' });
  });

  it('of ten items without a disagreement proves little', () => {
    const { lower, upper } = kappaInterval(
      kappa([
        [5, 0],
        [0, 5],
      ]),
      0.9,
    );
    expect(upper).toBe(1);
    expect(lower).toBeCloseTo(1 - (1 - 0.05 ** 0.1) / 0.5, 12);
  });

  it('lies in its interval, whatever the table', () => {
    const table = fc.array(fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }), {
      minLength: 3,
      maxLength: 3,
    });
    fc.assert(
      fc.property(table, fc.constantFrom<KappaWeights>('none', 'linear', 'quadratic'), (counts, weights) => {
        const found = cohenKappa(counts, weights);
        if (found.kind === 'undecided') return;
        const { lower, upper } = kappaInterval(found, 0.9);
        expect(lower).toBeLessThanOrEqual(found.kappa + 1e-12);
        expect(upper).toBeGreaterThanOrEqual(found.kappa - 1e-12);
        expect(lower).toBeLessThan(upper);
      }),
    );
  });
});

describe("Krippendorff's alpha", () => {
  // four observers, twelve units (Krippendorff 2011, section D)
  const published = [
    [1, 1, null, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [null, 5, 5, 5],
    [null, null, 1, 1],
    [null, null, 3, null],
  ];

  it.each<[AlphaMetric, number]>([
    ['nominal', 0.743],
    ['ordinal', 0.815],
    ['interval', 0.849],
  ])('has the published value, %s %d', (metric, value) => {
    expect((krippendorffAlpha(published, metric) as AlphaEstimate).alpha).toBeCloseTo(value, 3);
  });

  it('is that of the krippendorff package, with ratings left out', () => {
    for (const { units, metric, alpha } of fixtures.alphas)
      expect((krippendorffAlpha(units, metric as AlphaMetric) as AlphaEstimate).alpha).toBeCloseTo(alpha, 10);
  });

  it('has an interval around it that narrows with more items', () => {
    const options = { confidence: 0.9, resamples: 400 };
    const at = (times: number) => {
      const units = Array.from({ length: times }, () => published).flat();
      return alphaInterval(units, 'nominal', { ...options, random: Generator.fromSeed(1) }) as {
        lower: number;
        upper: number;
      };
    };
    const [few, many] = [at(1), at(8)];
    expect(few.lower).toBeLessThan(0.743);
    expect(few.upper).toBeGreaterThan(0.743);
    expect(many.upper - many.lower).toBeLessThan((few.upper - few.lower) / 2);
  });

  it('never says that it is sure because nobody disagreed', () => {
    const same = [1, 2, 1, 2].map((value) => [value, value]);
    const { lower, upper } = alphaInterval(same, 'ordinal', {
      confidence: 0.9,
      resamples: 100,
      random: Generator.fromSeed(1),
    }) as { lower: number; upper: number };
    expect(upper).toBe(1);
    expect(lower).toBeLessThan(0.5);
    expect(krippendorffAlpha([[1, 1]], 'nominal')).toMatchObject({ kind: 'undecided' });
  });
});
