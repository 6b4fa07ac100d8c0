import { describe, expect, it } from 'vitest';
import type { RoleMinute } from '../observations/minute.ts';
import { thinned, userCorrection, userPast } from './users.ts';

const day = (errorsOf: (group: number) => number): RoleMinute[] =>
  Array.from({ length: 24 }, (_, hour) => ({
    start: hour * 3_600_000,
    live: {
      requests: 36_000,
      errors: 72,
      users: Object.fromEntries(
        Array.from({ length: 100 }, (_, group) => [group, { requests: 360, errors: errorsOf(group) }]),
      ),
    },
    candidate: { requests: 0, errors: 0 },
  }));

describe('users with errors of their own', () => {
  it('count less where they are all that a candidate serves', () => {
    const past = userPast(day((group) => (group === 0 ? 20 : 1)));
    const part = userCorrection(past as NonNullable<typeof past>, { from: 0, to: 1 });
    expect(part).toBeGreaterThan(1 / 30);
    expect(part).toBeLessThanOrEqual(1 / 20);
    expect(userCorrection(past as NonNullable<typeof past>, { from: 1, to: 26 })).toBe(1);
  });

  it('change nothing where all groups fail alike, or nobody tells them apart', () => {
    const past = userPast(day(() => 1));
    expect(userCorrection(past as NonNullable<typeof past>, { from: 0, to: 1 })).toBe(1);
    expect(userPast([])).toBeNull();
  });

  it('are thinned the same way at every look', () => {
    const minute = {
      start: 60_000,
      live: { requests: 9, errors: 0 },
      candidate: { requests: 90, errors: 40 },
    };
    const once = thinned(minute, 0.25);
    expect(once).toEqual(thinned(minute, 0.25));
    expect(once.candidate.errors).toBeLessThan(25);
    expect(thinned(minute, 1)).toBe(minute);
  });
});
