import { UserError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { Minute } from '../observations/minute.ts';
import { inIntervals } from './intervals.ts';

const MINUTE = 60_000;
const counts = (requests: number, errors: number) => ({
  requests,
  errors,
  latency: { bounds: [500], cumulative: [requests - errors] },
});
const minute = (m: number): Minute => ({
  start: m * MINUTE,
  stable: counts(100, 1),
  canary: m % 2 ? { requests: 0, errors: 0 } : counts(10, 2),
});

describe('inIntervals', () => {
  it('leaves minutes as they are where the policy counts in minutes', () => {
    const minutes = [minute(0), minute(3)];
    expect(inIntervals(minutes, MINUTE, 'a.csv')).toEqual(minutes);
  });

  it('sums whole intervals up, and leaves out those of which a minute is missing', () => {
    const minutes = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14].map(minute);
    expect(inIntervals(minutes, 5 * MINUTE, 'a.csv')).toEqual([
      { start: 0, stable: counts(500, 5), canary: counts(30, 6) },
      { start: 10 * MINUTE, stable: counts(500, 5), canary: counts(30, 6) },
    ]);
  });

  it('does not hide a minute that contradicts itself', () => {
    const bad = { ...minute(1), stable: { requests: 1, errors: 2 } };
    const [only] = inIntervals([minute(0), bad, minute(2)], 3 * MINUTE, 'a.csv');
    expect(only).toEqual({ ...bad, start: 0 });
  });

  it('refuses intervals that the rows cannot be summed up to', () => {
    const minutes = [minute(0), minute(1)];
    expect(() => inIntervals(minutes, 30_000, 'a.csv')).toThrow(UserError);
    expect(() => inIntervals(minutes, 30_000, 'a.csv')).toThrow(
      /a\.csv has a row every 1m, and the policy counts in intervals of 30s/,
    );
  });

  it('reads rows that lie closer than a minute', () => {
    const rows = [0, 1, 2, 3, 4, 5].map((i) => ({ ...minute(0), start: i * 10_000 }));
    expect(inIntervals(rows, MINUTE, 'a.csv')).toEqual([
      { start: 0, stable: counts(600, 6), canary: counts(60, 12) },
    ]);
  });
});
