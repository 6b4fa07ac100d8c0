import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../random/generator.ts';
import { jointPower } from './joint-power.ts';
import { benjaminiHochberg, holm } from './step-wise.ts';

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

describe('adjusted p-values', () => {
  it('are at least the raw ones, at most 1, keep the order; Holm is at least Benjamini-Hochberg', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const strict = holm(p);
        const lists = benjaminiHochberg(p);
        for (const [i, raw] of p.entries()) {
          expect(strict[i]).toBeGreaterThanOrEqual(raw);
          expect(lists[i]).toBeGreaterThanOrEqual(raw);
          expect(strict[i]).toBeGreaterThanOrEqual((lists[i] as number) - 1e-15);
          expect(strict[i]).toBeLessThanOrEqual(1);
          for (const [j, other] of p.entries()) {
            if (raw < other) expect(strict[i]).toBeLessThanOrEqual(strict[j] as number);
          }
        }
      }),
    );
  });
  it('refuse what is no p-value', () => {
    expect(() => holm([0.1, Number.NaN])).toThrow(RangeError);
  });
});

describe('families of gates', () => {
  it('one of twenty slices at its margin is rejected falsely in at most alpha after Holm, in 64 % without', () => {
    const random = Generator.fromSeed(31);
    let [raw, corrected] = [0, 0];
    const runs = 20_000;
    for (let r = 0; r < runs; r++) {
      const p = Array.from({ length: 20 }, () => random.uniform());
      if (Math.min(...p) <= 0.05) raw++;
      if (Math.min(...holm(p)) <= 0.05) corrected++;
    }
    expect(raw / runs).toBeCloseTo(0.64, 1);
    expect(corrected / runs).toBeLessThan(0.055);
    expect(corrected / runs).toBeGreaterThan(0.04);
  });
  it('joint power is never over the weakest gate', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (powers) => {
        const { independent, atLeast } = jointPower(powers);
        expect(independent).toBeLessThanOrEqual(Math.min(...powers));
        expect(atLeast).toBeLessThanOrEqual(independent + 1e-12);
      }),
    );
  });
});
