import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixtures from '../../fixtures/distributions.json' with { type: 'json' };
import { betaCdf, betaQuantile, betaSurvival } from './beta.ts';
import { binomialCdf, binomialMass, binomialTail } from './binomial.ts';
import { fisherCdf, fisherQuantile } from './fisher.ts';
import { lnGamma } from './gamma.ts';
import { normalCdf, normalQuantile, normalSurvival } from './normal.ts';
import { poissonCdf, poissonTail } from './poisson.ts';
import { studentCdf, studentQuantile, studentSurvival } from './student.ts';

const functions: Record<keyof typeof fixtures, [(...x: number[]) => number, number]> = {
  lnGamma: [(x) => lnGamma(x as number), 1e-13],
  normalCdf: [(x) => normalCdf(x as number), 1e-13],
  normalQuantile: [(p) => normalQuantile(p as number), 1e-14],
  betaCdf: [(x, a, b) => betaCdf(x as number, a as number, b as number), 1e-12],
  betaQuantile: [(p, a, b) => betaQuantile(p as number, a as number, b as number), 1e-12],
  studentSurvival: [(t, df) => studentSurvival(t as number, df as number), 1e-12],
  studentQuantile: [(p, df) => studentQuantile(p as number, df as number), 1e-11],
  binomialMass: [(k, n, p) => binomialMass(k as number, n as number, p as number), 1e-12],
  binomialTail: [(k, n, p) => binomialTail(k as number, n as number, p as number), 1e-11],
  poissonTail: [(k, mean) => poissonTail(k as number, mean as number), 1e-12],
  fisherQuantile: [(p, a, b) => fisherQuantile(p as number, a as number, b as number), 1e-11],
};

function relativeError(got: number, want: number): number {
  return want === 0 ? Math.abs(got) : Math.abs(got / want - 1);
}

describe('distributions equal the reference values', () => {
  for (const [name, [evaluate, tolerance]] of Object.entries(functions)) {
    it(name, () => {
      for (const row of fixtures[name as keyof typeof fixtures]) {
        const want = row.at(-1) as number;
        const got = evaluate(...row.slice(0, -1));
        expect(relativeError(got, want), `${name}(${row.slice(0, -1)}) = ${got}, not ${want}`).toBeLessThan(
          tolerance,
        );
      }
    });
  }
});

const probability = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });
const shape = fc.double({ min: 0.05, max: 5000, noNaN: true });

describe('quantiles undo distribution functions', () => {
  it('normal', () => {
    fc.assert(fc.property(probability, (p) => relativeError(normalCdf(normalQuantile(p)), p) < 1e-12));
  });
  it('beta', () => {
    fc.assert(
      fc.property(probability, shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        // Next to 0 and 1 one step of x moves the function more than the tolerance.
        fc.pre(x > 1e-280 && x < 1 - 1e-6);
        return Math.abs(betaCdf(x, a, b) - p) < 1e-9;
      }),
    );
  });
  it('Student', () => {
    fc.assert(
      fc.property(probability, fc.double({ min: 0.5, max: 1e6, noNaN: true }), (p, df) => {
        return relativeError(studentCdf(studentQuantile(p, df), df), p) < 1e-9;
      }),
    );
  });
  it('Fisher', () => {
    fc.assert(
      fc.property(probability, fc.double({ min: 1, max: 400, noNaN: true }), (p, df) => {
        return Math.abs(fisherCdf(fisherQuantile(p, df, 8), df, 8) - p) < 1e-10;
      }),
    );
  });
});

describe('both sides add up to one', () => {
  it('beta, binomial, normal, Poisson', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), probability, (k, more, p) => {
        const n = k + more;
        const sums = [
          betaCdf(p, k + 1, more + 1) + betaSurvival(p, k + 1, more + 1),
          binomialCdf(k, n, p) + binomialTail(k + 1, n, p),
          normalCdf(k / 50) + normalSurvival(k / 50),
          poissonCdf(k, more + p) + poissonTail(k + 1, more + p),
        ];
        return sums.every((sum) => Math.abs(sum - 1) < 1e-12);
      }),
    );
  });
  it('the binomial mass sums to its distribution function', () => {
    let sum = 0;
    for (let k = 0; k <= 30; k++) {
      sum += binomialMass(k, 100, 0.27);
      expect(sum).toBeCloseTo(binomialCdf(k, 100, 0.27), 13);
    }
  });
});

describe('what is no probability is refused', () => {
  it('quantiles', () => {
    expect(() => normalQuantile(1.1)).toThrow(RangeError);
    expect(() => betaQuantile(Number.NaN, 1, 1)).toThrow(RangeError);
    expect(() => studentQuantile(0.5, 0)).toThrow(RangeError);
    expect(() => lnGamma(0)).toThrow(RangeError);
  });
  it('the ends are exact', () => {
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([betaQuantile(0, 2, 3), betaQuantile(1, 2, 3)]).toEqual([0, 1]);
    expect([binomialTail(0, 5, 0.1), binomialTail(6, 5, 0.1), binomialCdf(5, 5, 0.9)]).toEqual([1, 0, 1]);
  });
});
