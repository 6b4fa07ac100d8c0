import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialMass, binomialTail } from '../distributions/binomial.ts';
import { drawBeta, drawBinomial, drawHypergeometric } from '../random/draws.ts';
import { Generator } from '../random/generator.ts';
import { differenceEvidence, differenceState, stepDifference } from './bounded-difference.ts';
import { conditionalFactors } from './conditional-binomial.ts';
import { meanSequence, stepMeanSequence } from './confidence-sequence.ts';
import { evenBets, likelyBets, pairedEvidence } from './paired-betting.ts';
import { blockHistory, rankFactors, rankPValue } from './rank.ts';
import { aboveLimitFactors, belowLimitFactors } from './share-limit.ts';
import { startTimes, startTimesEvidence, stepStartTimes } from './start-times.ts';
import { swapContrast, swapFactors } from './swap-symmetric.ts';

const arm = fc.tuple(fc.nat(12), fc.nat(200)).map(([events, rest]) => ({ requests: events + rest, events }));

/** Mean factor of each bet over two independent binomial arms. */
function meanFactors(
  nc: number,
  ns: number,
  p: number,
  factorsOf: (kc: number, ks: number) => number[],
): number[] {
  let sums: number[] = [];
  for (let kc = 0; kc <= nc; kc++) {
    for (let ks = 0; ks <= ns; ks++) {
      const mass = binomialMass(kc, nc, p) * binomialMass(ks, ns, p);
      sums = factorsOf(kc, ks).map((factor, i) => (sums[i] ?? 0) + mass * factor);
    }
  }
  return sums;
}

describe('paired 0/1 scores at any look', () => {
  it('equals the published test values', () => {
    const evidence = pairedEvidence({ items: 500, gains: 30, losses: 45 }, 0.05);
    expect(evidence.logApprove).toBeCloseTo(0.0564441084, 9);
    expect(evidence.logReject).toBeCloseTo(-1.0278459838, 9);
  });
  it('the counts say what the items said one by one, and the state survives JSON', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(-1, 0, 1), { minLength: 1, maxLength: 80 }), (items) => {
        let state = differenceState(0.05);
        for (const sum of items) state = stepDifference(JSON.parse(JSON.stringify(state)), { sum, size: 1 });
        const gains = items.filter((x) => x > 0).length;
        const losses = items.filter((x) => x < 0).length;
        const counts = pairedEvidence({ items: items.length, gains, losses }, 0.05);
        const steps = differenceEvidence(state);
        expect(steps.logApprove).toBeCloseTo(counts.logApprove, 9);
        expect(steps.logReject).toBeCloseTo(counts.logReject, 9);
      }),
    );
  });
  it('approves a true regression at the margin in at most 5 % though it looks after every item', () => {
    const random = Generator.fromSeed(6);
    let approved = 0;
    const runs = 400;
    for (let r = 0; r < runs; r++) {
      let [gains, losses] = [0, 0];
      for (let items = 1; items <= 600; items++) {
        const u = random.uniform();
        if (u < 0.03) gains++;
        else if (u < 0.11) losses++;
        if (items % 10 === 0 && pairedEvidence({ items, gains, losses }, 0.05).logApprove >= Math.log(20)) {
          approved++;
          break;
        }
      }
    }
    expect(approved).toBeLessThanOrEqual(runs * 0.05);
  });
  it.each([evenBets, likelyBets])(
    '%o are fair at the margin: the wealth of two items is 1 on average',
    (bets) => {
      for (const [margin, discordance] of [
        [0, 0.1],
        [0.01, 0.02],
        [0.05, 0.05],
        [0.05, 0.4],
        [0.9, 0.95],
      ] as const) {
        const mass = {
          gain: (discordance - margin) / 2,
          loss: (discordance + margin) / 2,
          same: 1 - discordance,
        };
        let [approve, reject] = [0, 0];
        for (const first of ['gain', 'loss', 'same'] as const) {
          for (const second of ['gain', 'loss', 'same'] as const) {
            const count = (what: string): number => Number(first === what) + Number(second === what);
            const counts = { items: 2, gains: count('gain'), losses: count('loss') };
            const found = pairedEvidence(counts, margin, bets);
            approve += mass[first] * mass[second] * Math.exp(found.logApprove);
            reject += mass[first] * mass[second] * Math.exp(found.logReject);
          }
        }
        expect(approve).toBeCloseTo(1, 10);
        expect(reject).toBeCloseTo(1, 10);
      }
    },
  );
  it('refuses a unit larger than announced', () => {
    expect(() => stepDifference(differenceState(0.1, 3), { sum: 1, size: 4 })).toThrow(RangeError);
    expect(() => stepDifference(differenceState(0.1, 3), { sum: 3, size: 2 })).toThrow(RangeError);
  });
});

describe('swap-symmetric comparison', () => {
  it('is antisymmetric and bounded', () => {
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const h = swapContrast(a, b);
        expect(Math.abs(h)).toBeLessThanOrEqual(1);
        expect(swapContrast(b, a)).toBeCloseTo(-h, 12);
      }),
    );
  });
  it('is the mean over thinning draws', () => {
    const random = Generator.fromSeed(3);
    for (const [canary, baseline] of [
      [
        { requests: 60, events: 4 },
        { requests: 900, events: 20 },
      ],
      [
        { requests: 900, events: 40 },
        { requests: 50, events: 1 },
      ],
      [
        { requests: 300, events: 30 },
        { requests: 2000, events: 100 },
      ],
    ] as const) {
      const size = Math.min(canary.requests, baseline.requests);
      let sum = 0;
      for (let i = 0; i < 40_000; i++) {
        const kc = drawHypergeometric(random, canary.events, canary.requests - canary.events, size);
        const ks = drawHypergeometric(random, baseline.events, baseline.requests - baseline.events, size);
        sum += kc + ks > 0 ? (kc - ks) / (kc + ks) : 0;
      }
      expect(swapContrast(canary, baseline)).toBeCloseTo(sum / 40_000, 1.7);
    }
  });
  it('has factors of mean 1 where both versions are alike', () => {
    const means = meanFactors(9, 14, 0.2, (kc, ks) =>
      swapFactors({ requests: 9, events: kc }, { requests: 14, events: ks }),
    );
    for (const mean of means) expect(mean).toBeCloseTo(1, 10);
  });
  it('says nothing where one side has no requests', () => {
    expect(swapContrast({ requests: 0, events: 0 }, { requests: 10, events: 5 })).toBe(0);
  });
});

describe('the other bets', () => {
  it('conditional: mean at most 1 for independent requests', () => {
    for (const mean of meanFactors(12, 30, 0.1, (kc, ks) =>
      conditionalFactors({ requests: 12, events: kc }, { requests: 30, events: ks }),
    )) {
      expect(mean).toBeLessThanOrEqual(1 + 1e-12);
    }
  });
  it('conditional: the likelihood ratio of two binomials', () => {
    const [factor] = conditionalFactors({ requests: 10, events: 3 }, { requests: 30, events: 1 }, [4]);
    const worse = (4 * 0.25) / (4 * 0.25 + 0.75);
    expect(factor).toBeCloseTo(binomialMass(3, 4, worse) / binomialMass(3, 4, 0.25), 12);
  });
  it('limits: the mean factor is 1 at the limit, on both sides of it', () => {
    const limit = 0.03;
    const above = [0, 1].map((x) => aboveLimitFactors(x, limit));
    const below = [0, 1].map((x) => belowLimitFactors(x, limit));
    for (const sides of [above, below]) {
      const [none, all] = sides as [number[], number[]];
      for (const [i, factor] of none.entries()) {
        expect(factor * (1 - limit) + (all[i] as number) * limit).toBeCloseTo(1, 12);
      }
    }
    expect(() => aboveLimitFactors(1.2, limit)).toThrow(RangeError);
  });
  it('ranks: the factor is the mean of the randomised bet', () => {
    const p = { low: 0.02, high: 0.06 };
    const [factor] = rankFactors(p, [{ threshold: 0.03, stake: 0.5 }]);
    expect(factor).toBeCloseTo(0.5 + (0.5 / 0.03) * 0.25, 12);
    expect(rankFactors({ low: 0, high: 1 })).toEqual(expect.arrayContaining([expect.closeTo(1, 12)]));
  });
  it('ranks: few and many events give the mean binomial tails', () => {
    const past = blockHistory([
      { requests: 1000, events: 3 },
      { requests: 1000, events: 90 },
    ]);
    for (const events of [0, 1, 38, 41, 90]) {
      const { low, high } = rankPValue({ requests: 700, events }, past);
      const mean = (k: number): number => (binomialTail(k, 700, 0.003) + binomialTail(k, 700, 0.09)) / 3;
      expect(high).toBeCloseTo(mean(events) + 1 / 3, 12);
      expect(low).toBeCloseTo(mean(events + 1), 12);
    }
  });
  it('ranks: small only where the past knows nothing like it, and a level above forgives', () => {
    const past = blockHistory([
      ...Array.from({ length: 900 }, () => ({ requests: 600, events: 1 })),
      ...Array.from({ length: 99 }, () => ({ requests: 600, events: 48 })),
      { requests: 0, events: 0 },
    ]);
    const usual = rankPValue({ requests: 60, events: 0 }, past);
    const burst = rankPValue({ requests: 60, events: 5 }, past);
    const never = rankPValue({ requests: 60, events: 30 }, past);
    expect(usual.high).toBe(1);
    expect(burst.high).toBeGreaterThan(0.03);
    expect(never.high).toBeCloseTo(1 / 1000, 9);
    expect(rankPValue({ requests: 60, events: 30 }, past, 6).high).toBeGreaterThan(0.03);
  });
  it('ranks: blocks like those of the past give factors of mean at most 1, bursts or not', () => {
    const random = Generator.fromSeed(11);
    const draw = (): { requests: number; events: number } => ({
      requests: 300,
      events: drawBinomial(random, 300, drawBeta(random, 0.1, 20)),
    });
    let sum = 0;
    const runs = 3000;
    for (let r = 0; r < runs; r++) {
      const past = blockHistory(Array.from({ length: 60 }, draw));
      const factors = rankFactors(rankPValue(draw(), past));
      sum += factors.reduce((a, b) => a + b) / factors.length;
    }
    expect(sum / runs).toBeLessThan(1.05);
  });
});

describe('mixture over start times', () => {
  it('begins at 1, stays 1 under factors of 1, and survives JSON', () => {
    let state = startTimes(3, 50);
    for (let block = 0; block < 80; block++) {
      expect(startTimesEvidence(state)).toBeCloseTo(0, 10);
      state = stepStartTimes(JSON.parse(JSON.stringify(state)), [1, 1, 1]);
    }
  });
  it('a bet that lost everything starts anew', () => {
    let state = stepStartTimes(startTimes(1, 10), [0]);
    expect(startTimesEvidence(state)).toBeCloseTo(Math.log(0.45), 10);
    state = stepStartTimes(JSON.parse(JSON.stringify(state)), [3]);
    expect(startTimesEvidence(state)).toBeCloseTo(Math.log(0.4 + 0.15), 10);
  });
  it('finds a late fault that a single start does not', () => {
    const run = (atFirst: number): number => {
      let state = startTimes(1, 1000, atFirst);
      for (let block = 0; block < 500; block++) state = stepStartTimes(state, [0.9]);
      for (let block = 0; block < 20; block++) state = stepStartTimes(state, [1.9]);
      return startTimesEvidence(state);
    };
    expect(run(0.5)).toBeGreaterThan(Math.log(100));
    expect(run(1)).toBeLessThan(0);
  });
  it('never crosses more often than alpha on alike versions', () => {
    const random = Generator.fromSeed(8);
    let crossed = 0;
    const runs = 500;
    for (let r = 0; r < runs; r++) {
      let state = startTimes(6, 200);
      for (let block = 0; block < 200; block++) {
        const canary = { requests: 20, events: drawBinomial(random, 20, 0.1) };
        const baseline = { requests: 100, events: drawBinomial(random, 100, 0.1) };
        state = stepStartTimes(state, swapFactors(canary, baseline));
        if (startTimesEvidence(state) >= Math.log(20)) {
          crossed++;
          break;
        }
      }
    }
    expect(crossed).toBeLessThanOrEqual(runs * 0.05);
  });
});

describe('confidence sequence of a bounded mean', () => {
  it('holds the mean at every look and narrows', () => {
    const random = Generator.fromSeed(21);
    let missed = 0;
    let width = 0;
    const runs = 200;
    for (let r = 0; r < runs; r++) {
      let state = meanSequence(0.05);
      let ever = false;
      for (let i = 0; i < 1000; i++) {
        state = stepMeanSequence(state, random.uniform() < 0.3 ? 1 : 0);
        ever ||= state.interval.lower > 0.3 || state.interval.upper < 0.3;
      }
      missed += Number(ever);
      width += (state.interval.upper - state.interval.lower) / runs;
    }
    expect(missed).toBeLessThanOrEqual(runs * 0.05);
    expect(width).toBeLessThan(0.13);
  });
});
