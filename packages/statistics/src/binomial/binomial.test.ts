import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binomialMass } from '../distributions/binomial.ts';
import {
  clopperPearsonInterval,
  clopperPearsonLower,
  clopperPearsonUpper,
  shareAboveLimit,
  shareBelowLimit,
} from './clopper-pearson.ts';
import { rateRatioUpper } from './rate-ratio.ts';
import { wilsonInterval } from './wilson.ts';

const sample = fc.tuple(fc.nat(300), fc.nat(300)).filter(([events, rest]) => events + rest > 0);

describe('exact bounds of a share', () => {
  it('cover every share at least as often as they say', () => {
    for (const share of [0.003, 0.05, 0.31, 0.5, 0.97]) {
      let held = 0;
      for (let events = 0; events <= 60; events++) {
        const { lower, upper } = clopperPearsonInterval(events, 60, 0.9);
        if (lower <= share && share <= upper) held += binomialMass(events, 60, share);
      }
      expect(held).toBeGreaterThanOrEqual(0.9);
    }
  });
  it('agree with the exact test, and mirror each other', () => {
    fc.assert(
      fc.property(sample, ([events, rest]) => {
        const trials = events + rest;
        const upper = clopperPearsonUpper(events, trials, 0.05);
        const lower = clopperPearsonLower(events, trials, 0.05);
        if (rest > 0) expect(shareBelowLimit(events, trials, upper)).toBeCloseTo(0.05, 9);
        if (events > 0) expect(shareAboveLimit(events, trials, lower)).toBeCloseTo(0.05, 9);
        expect(clopperPearsonLower(rest, trials, 0.05)).toBeCloseTo(1 - upper, 10);
        const wilson = wilsonInterval(events, trials, 0.9);
        expect(wilson.lower).toBeGreaterThanOrEqual(0);
        expect(wilson.upper).toBeLessThanOrEqual(1);
      }),
    );
  });
  it('refuse more events than trials', () => {
    expect(() => clopperPearsonUpper(3, 2, 0.05)).toThrow(RangeError);
    expect(() => wilsonInterval(1.5, 2, 0.9)).toThrow(RangeError);
    expect(() => clopperPearsonUpper(1, 2, 0)).toThrow(RangeError);
  });
});

it('the upper bound of a rate ratio lies over the ratio and falls with more data', () => {
  const few = rateRatioUpper({ events: 10, exposure: 100 }, { events: 20, exposure: 200 }, 0.05);
  const many = rateRatioUpper({ events: 1000, exposure: 100 }, { events: 2000, exposure: 200 }, 0.05);
  expect(few).toBeGreaterThan(many);
  expect(many).toBeGreaterThan(1);
  expect(many).toBeLessThan(1.1);
  expect(rateRatioUpper({ events: 3, exposure: 10 }, { events: 0, exposure: 10 }, 0.05)).toBeLessThan(
    Infinity,
  );
});
