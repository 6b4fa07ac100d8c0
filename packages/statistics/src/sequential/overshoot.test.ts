import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialMass } from '../distributions/binomial.ts';
import { drawBinomial, drawPoisson } from '../random/draws.ts';
import { Generator } from '../random/generator.ts';
import { conditionalFactors } from './conditional-binomial.ts';
import { overshootBoost } from './overshoot.ts';
import { type StartTimes, startTimes, startTimesEvidence, stepStartTimes } from './start-times.ts';

const RATIOS = [3, 8, 20];
const ALPHA = 0.01;

function step(state: StartTimes, canary: number, n: number, baseline: number, m: number): StartTimes {
  const [a, b] = [
    { requests: n, events: canary },
    { requests: m, events: baseline },
  ];
  const boost = overshootBoost(state, a, b, ALPHA, RATIOS);
  return stepStartTimes(
    state,
    conditionalFactors(a, b, RATIOS).map((f) => boost * f),
  );
}

describe('overshootBoost', () => {
  it('keeps the mean of what counts: evidence up to 1 / alpha, from any evidence, for versions that are alike', () => {
    const wealth = fc.array(fc.double({ min: 0, max: 80, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 25 }),
        fc.double({ min: 0.01, max: 0.6, noNaN: true }),
        wealth,
        fc.nat(40),
        (n, m, p, owned, blocks) => {
          const state = { ...startTimes(3, 50, 0.9), blocks, wealth: owned };
          const before = Math.exp(startTimesEvidence(state));
          let mean = 0;
          for (let k = 0; k <= n; k++)
            for (let l = 0; l <= m; l++) {
              const after = Math.exp(startTimesEvidence(step(state, k, n, l, m)));
              mean += binomialMass(k, n, p) * binomialMass(l, m, p) * Math.min(after, 1 / ALPHA);
            }
          expect(mean).toBeLessThanOrEqual(before * (1 + 1e-9));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('spends all of it where a block may cross', () => {
    const state = { ...startTimes(3, 50, 0.9), blocks: 3, wealth: [10, 20, 10] };
    const [n, m, events] = [40, 160, 6];
    let [mean, mass] = [0, 1];
    for (let i = 0; i < events; i++) mass *= (m - i) / (n + m - i);
    for (let k = 0; k <= events; k++) {
      mean += mass * Math.min(1 / ALPHA, Math.exp(startTimesEvidence(step(state, k, n, events - k, m))));
      mass *= ((events - k) * (n - k)) / ((k + 1) * (m - events + k + 1));
    }
    expect(mean).toBeCloseTo(Math.exp(startTimesEvidence(state)), 9);
  });

  it('is 1 where nothing can be gained or told', () => {
    const none = startTimes(3, 50);
    const arm = (requests: number, events: number) => ({ requests, events });
    expect(overshootBoost(none, arm(0, 0), arm(100, 5), ALPHA, RATIOS)).toBe(1);
    expect(overshootBoost(none, arm(100, 5), arm(0, 0), ALPHA, RATIOS)).toBe(1);
    expect(overshootBoost(none, arm(100, 0), arm(100, 0), ALPHA, RATIOS)).toBe(1);
    expect(
      overshootBoost({ ...none, wealth: [200, 200, 200] }, arm(100, 5), arm(100, 0), ALPHA, RATIOS),
    ).toBe(1);
  });

  it('stays finite where the counts are large', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(100_000), fc.nat(100_000), (n, a, m, b) => {
        const canary = { requests: n + a, events: a };
        const baseline = { requests: m + b, events: b };
        const boost = overshootBoost(startTimes(3, 50), canary, baseline, ALPHA, RATIOS);
        expect(boost).toBeGreaterThanOrEqual(1);
        expect(boost).toBeLessThan(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('crosses on good canaries about as often as it may, and no more', () => {
    const random = Generator.fromSeed(5);
    const runs = 500;
    let crossed = 0;
    for (let run = 0; run < runs; run++) {
      let state = startTimes(3, 200, 0.9);
      for (let t = 0; t < 200 && startTimesEvidence(state) < Math.log(1 / 0.1); t++) {
        const [n, m] = [drawPoisson(random, 60), drawPoisson(random, 240)];
        const canary = { requests: n, events: drawBinomial(random, n, 0.02) };
        const baseline = { requests: m, events: drawBinomial(random, m, 0.02) };
        const boost = overshootBoost(state, canary, baseline, 0.1, RATIOS);
        state = stepStartTimes(
          state,
          conditionalFactors(canary, baseline, RATIOS).map((f) => boost * f),
        );
      }
      if (startTimesEvidence(state) >= Math.log(1 / 0.1)) crossed++;
    }
    expect(crossed / runs).toBeLessThan(0.14);
    expect(crossed / runs).toBeGreaterThan(0.04);
  });
});
