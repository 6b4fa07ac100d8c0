import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { growth, histogramGrowth, type Series, totalGrowth } from './series.ts';

const series = (values: Record<number, number>, labels: Record<string, string> = {}): Series => ({
  labels: { job: 'gw', instance: 'a', ...labels },
  values: new Map(Object.entries(values).map(([time, value]) => [Number(time), value])),
});
const there = new Set(['gw a ']);

describe('the growth of a counter', () => {
  it('starts again from zero after a restart', () =>
    expect(growth(series({ 0: 100, 1: 7 }), 0, 1, true)).toBe(7));
  it('of a new label of a process that was there is its whole value', () =>
    expect(growth(series({ 1: 3 }), 0, 1, true)).toBe(3));
  it('of a process that was not there is unknown, not its whole past', () =>
    expect(growth(series({ 1: 90_000 }), 0, 1, false)).toBe(0));
  it('of one that went away is nothing', () => expect(growth(series({ 0: 5 }), 0, 1, true)).toBe(0));

  it('adds up to what happened, however often a process restarts between readings', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ more: fc.nat(50), restarts: fc.boolean() }), { maxLength: 40 }),
        (steps) => {
          let value = 10;
          const values = new Map([[0, value]]);
          steps.forEach(({ more, restarts }, i) => {
            // a restart is seen where the new count is the smaller one
            value = restarts && more < value ? more : value + more;
            values.set(i + 1, value);
          });
          const grown = steps.reduce(
            (sum, _, i) =>
              sum + totalGrowth([{ labels: { job: 'gw', instance: 'a' }, values }], i, i + 1, there),
            0,
          );
          expect(grown).toBe(steps.reduce((sum, { more }) => sum + more, 0));
        },
      ),
    );
  });
});

describe('the growth of a histogram', () => {
  it('is that of all replicas, in milliseconds', () => {
    const bucket = (le: string, before: number, after: number): Series =>
      series({ 0: before, 1: after }, { le });
    const all = [
      ...[bucket('0.3', 10, 12), bucket('1', 10, 15), bucket('+Inf', 10, 16)],
      ...[bucket('0.3', 0, 1), bucket('1', 0, 1), bucket('+Inf', 0, 1)],
    ];
    expect(histogramGrowth(all, 0, 1, there, 's')).toEqual({
      bounds: [300, 1000, Number.POSITIVE_INFINITY],
      cumulative: [3, 6, 7],
    });
    expect(histogramGrowth([], 0, 1, there, 's')).toBeUndefined();
  });
});
