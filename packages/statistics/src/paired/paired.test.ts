import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialMass } from '../distributions/binomial.ts';
import { countPairs } from './counts.ts';
import { mcnemarExact, mcnemarMidP, mcnemarSuperiority } from './mcnemar.ts';
import { newcombePairedInterval } from './newcombe.ts';
import { tangoInterval, tangoNonInferiority, tangoScore } from './tango.ts';
import {
  provableMargin,
  tangoExactAbove,
  tangoExactLowerBound,
  tangoExactNonInferiority,
  tangoExactUpperBound,
  tangoPower,
  tangoSize,
} from './tango-exact.ts';

const counts = fc
  .tuple(fc.nat(60), fc.nat(60), fc.nat(200))
  .map(([gains, losses, rest]) => ({ items: gains + losses + rest + 1, gains, losses }));
const margin = fc.double({ min: 0.005, max: 0.4, noNaN: true });

/** Every outcome (gains, losses) with its probability. */
function* outcomes(n: number, gain: number, loss: number): Generator<[number, number, number]> {
  for (let losses = 0; losses <= n; losses++) {
    for (let gains = 0; gains <= n - losses; gains++) {
      const conditional = loss < 1 ? gain / (1 - loss) : 0;
      yield [gains, losses, binomialMass(losses, n, loss) * binomialMass(gains, n - losses, conditional)];
    }
  }
}

describe('McNemar', () => {
  it('is 1 without discordant pairs, never above 1, symmetric, and mid-p is the smaller', () => {
    expect(mcnemarExact({ items: 10, gains: 0, losses: 0 })).toBe(1);
    expect(mcnemarMidP({ items: 10, gains: 0, losses: 0 })).toBe(1);
    fc.assert(
      fc.property(counts, (c) => {
        const swapped = { items: c.items, gains: c.losses, losses: c.gains };
        const p = mcnemarExact(c);
        const mid = mcnemarMidP(c);
        return (
          p > 0 &&
          p <= 1 &&
          mid <= p &&
          mid >= 0 &&
          p === mcnemarExact(swapped) &&
          mid === mcnemarMidP(swapped)
        );
      }),
    );
  });
  it('takes the smaller cell: 12 gains and 2 losses are not p = 1.99', () => {
    expect(mcnemarMidP({ items: 50, gains: 12, losses: 2 })).toBeCloseTo(0.0073852539, 9);
    expect(mcnemarMidP({ items: 50, gains: 2, losses: 12 })).toBeCloseTo(0.0073852539, 9);
    expect(mcnemarSuperiority({ items: 50, gains: 12, losses: 2 })).toBeCloseTo(0.0064697266, 9);
    expect(mcnemarSuperiority({ items: 50, gains: 0, losses: 0 })).toBe(1);
  });
});

describe("Tango's score", () => {
  it('interval: holds the estimate, is never empty, mirrors, and is where the test changes its mind', () => {
    fc.assert(
      fc.property(counts, (c) => {
        const { lower, upper } = tangoInterval(c, 0.9);
        const mirror = tangoInterval({ items: c.items, gains: c.losses, losses: c.gains }, 0.9);
        const estimate = (c.gains - c.losses) / c.items;
        expect(lower).toBeLessThan(upper);
        expect(lower).toBeLessThanOrEqual(estimate);
        expect(upper).toBeGreaterThanOrEqual(estimate);
        expect(mirror.lower).toBeCloseTo(-upper, 10);
        if (lower < -1e-4 && lower > -0.999) {
          expect(tangoNonInferiority(c, -lower + 1e-5).pValue).toBeLessThan(0.05);
          expect(tangoNonInferiority(c, -lower - 1e-5).pValue).toBeGreaterThan(0.05);
        }
      }),
    );
  });
  it('p falls as the margin grows', () => {
    fc.assert(
      fc.property(counts, margin, (c, m) => {
        return tangoNonInferiority(c, m + 0.05).pValue <= tangoNonInferiority(c, m).pValue + 1e-12;
      }),
    );
  });
  it('has the sizes that were published, or more where a finer grid finds more', () => {
    const published = [
      [100, 0.01, 0.056],
      [200, 0.01, 0.052],
      [500, 0.01, 0.051],
      [100, 0.1, 0.058],
    ] as const;
    for (const [items, m, size] of published) {
      expect(tangoSize(items, m, 0.05)).toBeGreaterThan(size - 0.0005);
      expect(tangoSize(items, m, 0.05)).toBeLessThan(size + 0.004);
    }
  });
});

describe('the exact tail', () => {
  it('equals the sum over all outcomes', () => {
    const [n, gain, loss, m] = [23, 0.05, 0.17, 0.12];
    let power = 0;
    for (const [gains, losses, mass] of outcomes(n, gain, loss)) {
      if (tangoScore(n, gains, losses, -m) >= 1.6448536269514722) power += mass;
    }
    const got = tangoPower({ items: n, margin: m, alpha: 0.05 }, { discordance: 0.22, difference: -0.12 });
    expect(got).toBeCloseTo(power, 10);
  });
  it('holds its level at the margin, whatever the discordance', () => {
    for (const [n, m, psi] of [
      [20, 0.1, 0.1],
      [30, 0.05, 0.06],
      [40, 0.1, 0.3],
      [25, 0.02, 0.9],
    ] as const) {
      let size = 0;
      const p = new Map<number, number>();
      for (const [gains, losses, mass] of outcomes(n, (psi - m) / 2, (psi + m) / 2)) {
        if (mass < 1e-12) continue;
        const key = gains * 100 + losses;
        if (!p.has(key)) p.set(key, tangoExactNonInferiority({ items: n, gains, losses }, m));
        if ((p.get(key) as number) <= 0.05) size += mass;
      }
      expect(size).toBeLessThanOrEqual(0.05);
    }
  });
  it('mirrors: a loss shown is a gain shown with the sides swapped', () => {
    const below = tangoExactAbove({ items: 80, gains: 14, losses: 2 }, 0.05);
    expect(below).toBeLessThan(0.05);
    expect(below).toBeGreaterThan(tangoNonInferiority({ items: 80, gains: 14, losses: 2 }, 0).pValue);
    expect(tangoExactAbove({ items: 80, gains: 2, losses: 14 }, 0.05)).toBeGreaterThan(0.99);
    expect(() => tangoExactAbove({ items: 80, gains: 2, losses: 14 }, 1)).toThrow(RangeError);
  });
  it.each([-1e-140, -1e-160, -1e-200, -5e-324])(
    'a margin of almost nothing (%d) proves nothing of identical pairs',
    (delta) => {
      expect(tangoExactAbove({ items: 10, gains: 0, losses: 0 }, delta)).toBeGreaterThan(0.99);
    },
  );
  it('its maximum over the discordance is not missed by the search', () => {
    for (const [items, m] of [
      [37, 0.07],
      [150, 0.02],
      [400, 0.05],
    ] as const) {
      let largest = 0;
      for (let i = 0; i <= 1500; i++) {
        const discordance = m + (1 - m) * (i / 1500) ** 2;
        largest = Math.max(
          largest,
          tangoPower({ items, margin: m, alpha: 0.05 }, { discordance, difference: -m }),
        );
      }
      expect(tangoSize(items, m, 0.05)).toBeGreaterThan(largest - 2e-5);
    }
  });
  it('its bounds are wider than the estimate and mirror each other', () => {
    const c = { items: 60, gains: 3, losses: 5 };
    const lower = tangoExactLowerBound(c, 0.05);
    expect(lower).toBeLessThan(-2 / 60);
    expect(tangoExactNonInferiority(c, -lower + 1e-4)).toBeLessThan(0.05);
    expect(tangoExactNonInferiority(c, -lower - 1e-4)).toBeGreaterThan(0.0499);
    expect(tangoExactUpperBound({ items: 60, gains: 5, losses: 3 }, 0.05)).toBeCloseTo(-lower, 12);
  });
  it('the provable margin is where the power is reached', () => {
    const m = provableMargin({ items: 300, alpha: 0.05, power: 0.8 }, 0.1);
    const power = (at: number): number =>
      tangoPower({ items: 300, margin: at, alpha: 0.05 }, { discordance: 0.1, difference: 0 });
    expect(power(m + 1e-3)).toBeGreaterThan(0.79);
    expect(power(m - 3e-3)).toBeLessThan(0.8);
  });
});

describe('the rest', () => {
  it("Newcombe's interval holds the difference and mirrors", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(40), fc.nat(40), (bothRight, gains, losses, bothWrong) => {
        fc.pre(bothRight + gains + losses + bothWrong > 0);
        const one = newcombePairedInterval({ bothRight, gains, losses, bothWrong }, 0.95);
        const two = newcombePairedInterval({ bothRight, gains: losses, losses: gains, bothWrong }, 0.95);
        expect(one.lower).toBeCloseTo(-two.upper, 10);
        expect(one.lower).toBeLessThan(one.upper);
      }),
    );
  });
  it('pairs are counted, and anything but 0/1 is refused', () => {
    expect(countPairs([1, 0, 1, 1], [0, 0, 1, 1])).toEqual({ items: 4, gains: 1, losses: 0 });
    expect(() => countPairs([0.5], [1])).toThrow(/pair 0/);
    expect(() => countPairs([1, 1], [1])).toThrow(RangeError);
    expect(() => mcnemarExact({ items: 3, gains: 2, losses: 2 })).toThrow(RangeError);
    expect(() => tangoInterval({ items: 0, gains: 0, losses: 0 }, 0.9)).toThrow(RangeError);
  });
});
