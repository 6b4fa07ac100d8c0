import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Generator } from '../random/generator.ts';
import { decideFamily } from './intersection-union.ts';
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

describe('the family rule', () => {
  const proven = { pHolds: 0.01, pViolated: 0.99 };
  const open = { pHolds: 0.4, pViolated: 0.6 };
  const broken = { pHolds: 0.999, pViolated: 0.001 };

  it('approves only where every gate is proven; no gates prove nothing', () => {
    expect(decideFamily([proven, proven], 0.05).decision).toBe('approve');
    expect(decideFamily([proven, open], 0.05)).toMatchObject({
      decision: 'undecided',
      gates: ['approve', 'undecided'],
    });
    expect(decideFamily([], 0.05).decision).toBe('undecided');
  });
  it('rejects on one violated gate, after Holm', () => {
    expect(decideFamily([proven, broken], 0.05).decision).toBe('reject');
    const weak = { pHolds: 0.96, pViolated: 0.04 };
    expect(decideFamily([weak, open], 0.05).decision).toBe('undecided');
  });
  it('approves falsely in at most alpha though gates are not corrected, and rejects falsely in at most alpha', () => {
    const random = Generator.fromSeed(31);
    let [approved, rejected] = [0, 0];
    const runs = 20_000;
    for (let r = 0; r < runs; r++) {
      const p = Array.from({ length: 20 }, () => random.uniform());
      // One gate at the margin, the others far inside: the worst case of an approve.
      const gates = p.map((x, i) => ({ pHolds: i === 0 ? x : 1e-6, pViolated: i === 0 ? 1 - x : 1 }));
      if (decideFamily(gates, 0.05).decision === 'approve') approved++;
      // All at their margins: the worst case of a reject.
      const edge = p.map((x) => ({ pHolds: 1 - x, pViolated: x }));
      if (decideFamily(edge, 0.05).decision === 'reject') rejected++;
    }
    expect(approved / runs).toBeLessThan(0.055);
    expect(rejected / runs).toBeLessThan(0.055);
    expect(rejected / runs).toBeGreaterThan(0.04);
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
