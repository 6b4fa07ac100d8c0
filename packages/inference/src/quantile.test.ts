import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Exchange, quantile, summarize } from './index.ts';
import { arrivals } from './load.ts';

describe('quantile', () => {
  it('equals numpy.quantile', () => {
    const values = [15, 20, 35, 40, 50];
    expect([0, 0.05, 0.5, 0.95, 0.99, 1].map((q) => quantile(values, q))).toEqual([15, 16, 35, 48, 49.6, 50]);
    expect(quantile([], 0.5)).toBeUndefined();
    expect(quantile([1, Infinity], 0.5)).toBe(Infinity);
    expect(quantile([Infinity, Infinity], 0.99)).toBe(Infinity);
  });

  it('grows with q and lies between the smallest and the largest', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const value = quantile(values, q) as number;
          expect(value).toBeGreaterThanOrEqual(Math.min(...values));
          expect(value).toBeLessThanOrEqual(Math.max(...values));
          expect(value).toBeGreaterThanOrEqual(quantile(values, q / 2) as number);
        },
      ),
    );
  });
});

const answer = (latencyMs: number): Exchange => ({
  ok: true,
  text: 'x',
  ttftMs: latencyMs / 2,
  latencyMs,
  tpotMs: 1,
  outputTokens: 10,
  tokensFrom: 'usage',
});
const failure: Exchange = { ok: false, kind: 'timeout', message: 'late', latencyMs: 30_000 };

describe('summarize', () => {
  it('counts a failed request as slower than every other', () => {
    const summary = summarize(
      [answer(100), answer(200), failure].map((exchange) => ({ stream: true, exchange })),
      1000,
    );
    expect(summary).toMatchObject({
      requests: 3,
      failed: 1,
      failures: { timeout: 1 },
      latency: { p50: 200, p99: Infinity, completedP50: 150, completedP99: 199 },
      ttft: { p50: 100, p99: Infinity },
      tokensPerSecond: 20,
      tokensCounted: true,
    });
    expect(summary.errorRate).toBeCloseTo(1 / 3);
  });

  it('never looks healthy when nothing was asked or nothing answered', () => {
    expect(summarize([], 0)).toMatchObject({
      errorRate: 1,
      tokensPerSecond: undefined,
      tokensCounted: false,
    });
    expect(summarize([{ stream: false, exchange: failure }], 10)).toMatchObject({
      errorRate: 1,
      latency: { p50: Infinity, completedP50: undefined },
      ttft: { p50: undefined },
    });
  });
});

describe('arrivals', () => {
  it('come at the rate asked for, and the same for the same seed', () => {
    const starts = arrivals(20_000, 50, 7);
    // the standard error of the mean gap is 0.14 ms
    expect(Math.abs((starts.at(-1) as number) / 19_999 - 20)).toBeLessThan(0.7);
    expect(arrivals(10, 50, 7)).toEqual(starts.slice(0, 10));
    expect(arrivals(10, 50, 8)).not.toEqual(starts.slice(0, 10));
  });
});
