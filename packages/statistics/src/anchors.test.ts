import { describe, expect, it } from 'vitest';
import {
  acceleration,
  bcaInterval,
  benjaminiHochberg,
  clopperPearsonUpper,
  clusteredMean,
  detectableDifference,
  discordanceUpperBound,
  holm,
  itemsForDifference,
  itemsForMargin,
  itemsToProveLimit,
  jointPower,
  mcnemarExact,
  mcnemarMidP,
  newcombePairedInterval,
  powerPerGate,
  repeatsVariance,
  sampleMean,
  tangoExactNonInferiority,
  tangoInterval,
  tangoNonInferiority,
  tInterval,
  tost,
  tTest,
  welch,
  wilsonInterval,
} from './index.ts';
import type { Undecided } from './result.ts';

function decided<T extends { readonly kind: string }>(result: T | Undecided): T {
  if (result.kind === 'undecided') throw new Error((result as Undecided).message);
  return result as T;
}

const typical = { items: 500, gains: 30, losses: 45 };
const lone = { items: 44, gains: 0, losses: 1 };
const D = [0.2, -0.1, 0, 0.3, 0.1, -0.2, 0.05, 0.15, 0, -0.05, 0.25, 0.1];
const cluster = [0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4];

function expectInterval(got: { lower: number; upper: number }, lower: number, upper: number): void {
  expect(got.lower).toBeCloseTo(lower, 9);
  expect(got.upper).toBeCloseTo(upper, 9);
}

describe('published test values of paired 0/1 scores', () => {
  it('McNemar', () => {
    expect(mcnemarExact(typical)).toBeCloseTo(0.1053422689, 10);
    expect(mcnemarMidP(typical)).toBeCloseTo(0.0846460927, 10);
  });
  it("Tango's interval", () => {
    expectInterval(tangoInterval(typical, 0.95), -0.0648173335, 0.0040331172);
    expectInterval(tangoInterval(typical, 0.9), -0.0590320745, -0.001534079);
    expectInterval(tangoInterval({ items: 50, gains: 12, losses: 2 }, 0.95), 0.0611124062, 0.3447087483);
    expectInterval(tangoInterval({ items: 10, gains: 0, losses: 0 }, 0.95), -0.2775327999, 0.2775327999);
  });
  it("Tango's test at a margin, and its exact tail, which decides otherwise", () => {
    const at5 = tangoNonInferiority(typical, 0.05);
    expect(at5.statistic).toBeCloseTo(1.1432536395, 9);
    expect(at5.pValue).toBeCloseTo(0.1264666487, 9);
    const at10 = tangoNonInferiority(lone, 0.1);
    expect(at10.statistic).toBeCloseTo(1.7085642859, 9);
    expect(at10.pValue).toBeCloseTo(0.0437658444, 9);
    expect(tangoExactNonInferiority(lone, 0.1)).toBeCloseTo(0.0571088974, 9);
  });
  it('Newcombe', () => {
    const table = { bothRight: 20, gains: 12, losses: 2, bothWrong: 16 };
    expectInterval(newcombePairedInterval(table, 0.95), 0.0561564248, 0.3292069954);
  });
  it('ten identical pairs prove no margin under 25.9 %, forty none under 7.2 %', () => {
    expect(discordanceUpperBound({ items: 10, gains: 0, losses: 0 }, 0.05)).toBeCloseTo(0.2588656, 6);
    for (const [items, proven, unproven] of [
      [10, 0.26, 0.258],
      [40, 0.0722, 0.0721],
    ] as const) {
      expect(tangoExactNonInferiority({ items, gains: 0, losses: 0 }, proven)).toBeLessThan(0.05);
      expect(tangoExactNonInferiority({ items, gains: 0, losses: 0 }, unproven)).toBeGreaterThan(0.05);
    }
  });
});

describe('published test values of means', () => {
  it('the t test', () => {
    const mean = decided(sampleMean(D));
    expect(tTest(mean).statistic).toBeCloseTo(1.5744437873, 9);
    expect(tTest(mean).pValue).toBeCloseTo(0.1436876564, 9);
    expectInterval(tInterval(mean, 0.95), -0.0265296387, 0.159862972);
    const equivalence = tost(mean, 0.1);
    expect(equivalence.pAboveLower).toBeCloseTo(0.001163763, 9);
    expect(equivalence.pBelowUpper).toBeCloseTo(0.2238909478, 9);
    expect(equivalence.pValue).toBe(equivalence.pBelowUpper);
  });
  it('clustered errors', () => {
    expect(decided(clusteredMean(D, cluster, 'miller')).standardError).toBeCloseTo(0.0393684358, 9);
    const cr1 = decided(clusteredMean(D, cluster, 'CR1'));
    expect(cr1.standardError).toBeCloseTo(0.0418399176, 9);
    expect(cr1.degreesOfFreedom).toBe(4);
    expect(tTest(cr1).pValue).toBeCloseTo(0.1862976218, 9);
    const margin = tTest(cr1, -0.05, 'greater');
    expect(margin.statistic).toBeCloseTo(2.7884057473, 9);
    expect(margin.pValue).toBeCloseTo(0.0246961952, 9);
    const cr2 = decided(clusteredMean(D, cluster));
    expect(cr2.standardError).toBeCloseTo(0.041555407, 9);
    expect(cr2.degreesOfFreedom).toBeCloseTo(3.813559322, 9);
    expect(tTest(cr2).pValue).toBeCloseTo(0.1873708636, 9);
  });
  it('BCa', () => {
    const mean = decided(sampleMean(D)).estimate;
    const a = acceleration(D.map((d) => (D.length * mean - d) / (D.length - 1)));
    expect(a).toBeCloseTo(-0.0056294847, 9);
    const resampled = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
    const interval = decided(bcaInterval(resampled, 0.55, a, 0.95));
    expect(interval.bias).toBeCloseTo(0.1257877992, 9);
    expect(interval.lower).toBeCloseTo(0.04295266, 8);
    expect(interval.upper).toBeCloseTo(0.98466963, 8);
  });
  it('Welch', () => {
    const mean = decided(welch([0.61, 0.72, 0.55, 0.8, 0.66, 0.71], [0.52, 0.6, 0.49, 0.71, 0.58]));
    expect(tTest(mean).statistic).toBeCloseTo(1.8121281325, 9);
    expect(mean.degreesOfFreedom).toBeCloseTo(8.7548632745, 9);
    expect(tTest(mean).pValue).toBeCloseTo(0.1043171748, 9);
  });
  it('repeats', () => {
    const rows = ['110', '000', '111', '101', '010', '111'].map((row) => [...row].map(Number));
    const split = decided(repeatsVariance(rows));
    expect(split.meanSquareBetween).toBeCloseTo(0.4555555556, 10);
    expect(split.meanSquareWithin).toBeCloseTo(0.1666666667, 10);
    expect(split.itemVariance).toBeCloseTo(0.0962962963, 10);
    expect(split.meanVariance).toBeCloseTo(0.025308642, 10);
  });
});

describe('published test values of shares, families and sizes', () => {
  it('one arm', () => {
    expect(clopperPearsonUpper(0, 300, 0.05)).toBeCloseTo(0.0099360819, 10);
    expect(clopperPearsonUpper(3, 300, 0.05)).toBeCloseTo(0.0256413931, 10);
    expectInterval(wilsonInterval(3, 300, 0.95), 0.0034066184, 0.0289834934);
    expect([0, 1, 2, 3].map((events) => itemsToProveLimit(0.01, events, 0.95))).toEqual([299, 473, 628, 773]);
  });
  it('families', () => {
    const p = [0.01, 0.04, 0.03, 0.005, 0.2];
    expect(holm(p).map((x) => Number(x.toFixed(12)))).toEqual([0.04, 0.09, 0.09, 0.025, 0.2]);
    expect(benjaminiHochberg(p).map((x) => Number(x.toFixed(12)))).toEqual([0.025, 0.05, 0.05, 0.025, 0.2]);
    expect(jointPower(new Array(5).fill(0.8)).independent).toBeCloseTo(0.33, 2);
    expect(jointPower(new Array(10).fill(0.8)).independent).toBeCloseTo(0.11, 2);
    expect(powerPerGate(0.8, 10)).toBeCloseTo(0.978, 3);
  });
  it('sizes', () => {
    const connor = { alpha: 0.05, power: 0.8, sides: 2 } as const;
    expect(itemsForDifference(0.1, 0.02, connor)).toBeCloseTo(1959.8604071254, 7);
    expect(detectableDifference(500, 0.1, connor)).toBeCloseTo(0.0395270519, 9);
    const margins = { alpha: 0.05, power: 0.8, sides: 1 } as const;
    const items = [0.01, 0.02, 0.03, 0.05].map((margin) => Math.ceil(itemsForMargin(0.1, margin, margins)));
    expect(items).toEqual([6183, 1546, 687, 248]);
    expect(itemsForMargin(0.1, 0.05, margins)).toBeCloseTo(247.3, 1);
    expect(Math.ceil(itemsForMargin(0.1, 0.01, { ...margins, alpha: 0.025 }))).toBe(7849);
  });
});
