import { describe, expect, it } from 'vitest';
import bootstrap from '../fixtures/bootstrap.json' with { type: 'json' };
import fixtures from '../fixtures/tests.json' with { type: 'json' };
import {
  acceleration,
  bcaInterval,
  benjaminiHochberg,
  clopperPearsonInterval,
  clusteredMean,
  holm,
  mcnemarExact,
  sampleMean,
  tInterval,
  tTest,
  tTestPower,
  welch,
  wilsonInterval,
} from './index.ts';
import type { MeanEstimate } from './means/estimate.ts';
import type { Undecided } from './result.ts';

function mean(result: MeanEstimate | Undecided): MeanEstimate {
  if (result.kind === 'undecided') throw new Error(result.message);
  return result;
}

type Quintuple = [number, number, number, number, number];

describe('equal to scipy and statsmodels', () => {
  it('paired t', () => {
    const d = mean(sampleMean(fixtures.d));
    expect(tTest(d).statistic).toBeCloseTo(fixtures.pairedT.t, 10);
    expect(tTest(d).pValue).toBeCloseTo(fixtures.pairedT.p, 10);
    expect(tInterval(d, 0.9).lower).toBeCloseTo(fixtures.pairedT.lower, 10);
    expect(tInterval(d, 0.9).upper).toBeCloseTo(fixtures.pairedT.upper, 10);
    expect(tTest(d, -0.05, 'greater').statistic).toBeCloseTo(fixtures.pairedT.niT, 10);
    expect(tTest(d, -0.05, 'greater').pValue).toBeCloseTo(fixtures.pairedT.niP, 10);
  });
  it('Welch', () => {
    const w = mean(welch(fixtures.a, fixtures.b));
    expect(tTest(w).statistic).toBeCloseTo(fixtures.welch.t, 10);
    expect(w.degreesOfFreedom).toBeCloseTo(fixtures.welch.df, 9);
    expect(tTest(w).pValue).toBeCloseTo(fixtures.welch.p, 10);
    expect(tInterval(w, 0.95).lower).toBeCloseTo(fixtures.welch.lower, 10);
    expect(tInterval(w, 0.95).upper).toBeCloseTo(fixtures.welch.upper, 10);
  });
  it('clustered errors (CR1)', () => {
    const c = mean(clusteredMean(fixtures.d, fixtures.cluster, 'CR1'));
    expect(c.standardError).toBeCloseTo(fixtures.cr1.se, 10);
    expect(tTest(c).pValue).toBeCloseTo(fixtures.cr1.p, 10);
    expect(tInterval(c, 0.9).lower).toBeCloseTo(fixtures.cr1.ci[0] as number, 10);
    expect(tInterval(c, 0.9).upper).toBeCloseTo(fixtures.cr1.ci[1] as number, 10);
  });
  it('exact McNemar', () => {
    for (const [gains, losses, p] of fixtures.mcnemar as [number, number, number][]) {
      expect(mcnemarExact({ items: gains + losses + 10, gains, losses })).toBeCloseTo(p, 10);
    }
  });
  it('Clopper-Pearson and Wilson', () => {
    for (const [events, trials, confidence, lower, upper] of fixtures.clopperPearson as Quintuple[]) {
      const interval = clopperPearsonInterval(events, trials, confidence);
      expect(interval.lower).toBeCloseTo(lower, 10);
      expect(interval.upper).toBeCloseTo(upper, 10);
    }
    for (const [events, trials, confidence, lower, upper] of fixtures.wilson as Quintuple[]) {
      const interval = wilsonInterval(events, trials, confidence);
      expect(interval.lower).toBeCloseTo(lower, 10);
      expect(interval.upper).toBeCloseTo(upper, 10);
    }
  });
  it('Holm and Benjamini-Hochberg', () => {
    for (const [i, p] of holm(fixtures.p).entries()) expect(p).toBeCloseTo(fixtures.holm[i] as number, 12);
    for (const [i, p] of benjaminiHochberg(fixtures.p).entries()) {
      expect(p).toBeCloseTo(fixtures.bh[i] as number, 12);
    }
  });
  it('BCa on the same resamples', () => {
    const d = mean(sampleMean(bootstrap.d));
    const n = bootstrap.d.length;
    const a = acceleration(bootstrap.d.map((x) => (n * d.estimate - x) / (n - 1)));
    const interval = bcaInterval(bootstrap.resampled, d.estimate, a, 0.9);
    expect(interval).toMatchObject({ kind: 'interval' });
    if (interval.kind === 'undecided') return;
    expect(interval.lower).toBeCloseTo(bootstrap.lower, 10);
    expect(interval.upper).toBeCloseTo(bootstrap.upper, 10);
  });
  it('power of the one-sided t test', () => {
    for (const [items, effect, alpha, power] of fixtures.tPower as [number, number, number, number][]) {
      expect(tTestPower(items, effect, alpha)).toBeCloseTo(power, 8);
    }
  });
});
