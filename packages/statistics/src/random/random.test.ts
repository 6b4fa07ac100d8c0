import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialCdf } from '../distributions/binomial.ts';
import { poissonCdf } from '../distributions/poisson.ts';
import {
  drawBeta,
  drawBinomial,
  drawGamma,
  drawGeometric,
  drawHypergeometric,
  drawPoisson,
  permutation,
} from './draws.ts';
import { Generator } from './generator.ts';

const DRAWS = 20_000;

/** The largest distance between the drawn and the true distribution function; 1.95/√n has p = 0.001. */
function distance(draw: () => number, cdf: (k: number) => number): number {
  const tally = new Map<number, number>();
  for (let i = 0; i < DRAWS; i++) {
    const k = draw();
    tally.set(k, (tally.get(k) ?? 0) + 1);
  }
  let below = 0;
  let largest = 0;
  for (const k of [...tally.keys()].sort((a, b) => a - b)) {
    below += (tally.get(k) as number) / DRAWS;
    largest = Math.max(largest, Math.abs(below - cdf(k)));
  }
  return largest * Math.sqrt(DRAWS);
}

function mean(draw: () => number): number {
  let sum = 0;
  for (let i = 0; i < DRAWS; i++) sum += draw();
  return sum / DRAWS;
}

describe('generator', () => {
  it('goes on from its state', () => {
    const random = Generator.fromSeed(77);
    random.word();
    const copy = Generator.fromState(JSON.parse(JSON.stringify(random.state())));
    expect([copy.word(), copy.uniform()]).toEqual([random.word(), random.uniform()]);
  });
  it('is xoshiro128**: the first words from the state 1, 2, 3, 4', () => {
    const random = Generator.fromState([1, 2, 3, 4]);
    expect([random.word(), random.word(), random.word()]).toEqual([11520, 0, 5927040]);
  });
  it('seeds differ in high and low bits', () => {
    const words = [0, 1, 2 ** 32, 2 ** 40].map((seed) => Generator.fromSeed(seed).word());
    expect(new Set(words).size).toBe(4);
    expect(() => Generator.fromSeed(0.5)).toThrow(RangeError);
  });
  it('is even', () => {
    const random = Generator.fromSeed(1);
    expect(
      distance(
        () => random.below(64),
        (k) => (k + 1) / 64,
      ),
    ).toBeLessThan(1.95);
  });
});

describe('draws follow their laws', () => {
  const random = Generator.fromSeed(99);
  it('binomial, Poisson, hypergeometric', () => {
    expect(
      distance(
        () => drawBinomial(random, 40, 0.07),
        (k) => binomialCdf(k, 40, 0.07),
      ),
    ).toBeLessThan(1.95);
    expect(
      distance(
        () => drawBinomial(random, 5000, 0.6),
        (k) => binomialCdf(k, 5000, 0.6),
      ),
    ).toBeLessThan(1.95);
    expect(
      distance(
        () => drawPoisson(random, 0.4),
        (k) => poissonCdf(k, 0.4),
      ),
    ).toBeLessThan(1.95);
    expect(
      distance(
        () => drawPoisson(random, 900),
        (k) => poissonCdf(k, 900),
      ),
    ).toBeLessThan(1.95);
    // 2 of 6 with 2 marked: 6/15, 8/15, 1/15
    expect(
      distance(
        () => drawHypergeometric(random, 2, 4, 2),
        (k) => ([6, 14, 15][k] as number) / 15,
      ),
    ).toBeLessThan(1.95);
  });
  it('geometric, gamma, beta have their means', () => {
    expect(mean(() => drawGeometric(random, 0.2))).toBeCloseTo(5, 0);
    expect(mean(() => drawGamma(random, 0.3))).toBeCloseTo(0.3, 1);
    expect(mean(() => drawBeta(random, 0.5, 1.5))).toBeCloseTo(0.25, 1.5);
  });
  it('stay in range whatever the parameters', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(300),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (marked, others, u) => {
          const draws = Math.floor(u * (marked + others));
          const k = drawHypergeometric(random, marked, others, draws);
          expect(k).toBeGreaterThanOrEqual(Math.max(0, draws - others));
          expect(k).toBeLessThanOrEqual(Math.min(draws, marked));
          const b = drawBinomial(random, marked, u);
          expect(b >= 0 && b <= marked).toBe(true);
        },
      ),
    );
  });
  it('a permutation holds every number once', () => {
    expect([...permutation(random, 50)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i),
    );
  });
});
