import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUpTo, defaultBounds, HistogramBuilder, merge, quantile, total } from './histogram.ts';

const of = (...durations: number[]) => {
  const builder = new HistogramBuilder();
  for (const duration of durations) builder.add(duration);
  return builder.build();
};
const durations = fc.array(fc.double({ min: 0, max: 900_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

describe('a histogram', () => {
  it('has ascending bounds from a millisecond to infinity', () => {
    expect(defaultBounds[0]).toBe(1);
    expect(defaultBounds.at(-2)).toBe(1_000_000);
    expect(defaultBounds.every((bound, i) => i === 0 || bound > (defaultBounds[i - 1] as number))).toBe(true);
  });

  it("has the quantiles of Prometheus' histogram_quantile", () => {
    const histogram = { bounds: [500, 1000, 2000, Number.POSITIVE_INFINITY], cumulative: [4, 8, 10, 10] };
    expect(quantile(histogram, 0.9)).toBe(1500);
    expect(quantile(histogram, 0.4)).toBe(500);
    expect(quantile(histogram, 0.2)).toBe(250);
    expect(quantile({ ...histogram, cumulative: [0, 0, 0, 3] }, 0.5)).toBe(2000);
    expect(quantile({ ...histogram, cumulative: [0, 0, 0, 0] }, 0.5)).toBeUndefined();
  });

  it('places a quantile within its bucket of the true one', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99), (list, q) => {
        const sorted = list.toSorted((a, b) => a - b);
        const truth = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number;
        const found = quantile(of(...list), q) as number;
        const upper = defaultBounds.find((bound) => truth <= bound) as number;
        const lower = defaultBounds.findLast((bound) => bound < upper) ?? 0;
        expect(found).toBeGreaterThanOrEqual(lower);
        expect(found).toBeLessThanOrEqual(upper);
      }),
    );
  });

  it('is the sum of its parts', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        expect(merge(of(...a), of(...b))).toEqual(of(...a, ...b));
        expect(total(merge(of(...a), of(...b)))).toBe(a.length + b.length);
      }),
    );
  });

  it('merges what both have where bounds differ', () => {
    const a = { bounds: [1, 2, 4, Number.POSITIVE_INFINITY], cumulative: [1, 2, 3, 4] };
    const b = { bounds: [2, 8, Number.POSITIVE_INFINITY], cumulative: [10, 20, 30] };
    expect(merge(a, b)).toEqual({ bounds: [2, Number.POSITIVE_INFINITY], cumulative: [12, 34] });
  });

  it('counts up to a limit, exactly at a bound, in line between two', () => {
    const histogram = { bounds: [100, 200, Number.POSITIVE_INFINITY], cumulative: [10, 30, 31] };
    expect(countUpTo(histogram, 100)).toBe(10);
    expect(countUpTo(histogram, 150)).toBe(20);
    expect(countUpTo(histogram, 200)).toBe(30);
    expect(countUpTo(histogram, 500)).toBeUndefined();
    expect(countUpTo({ ...histogram, cumulative: [10, 30, 30] }, 500)).toBe(30);
  });
});
