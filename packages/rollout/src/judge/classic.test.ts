import { describe, expect, it } from 'vitest';
import type { Counts, RoleMinute } from '../observations/minute.ts';
import { type ClassicPolicy, readyMade } from '../policy/policy.ts';
import { classicJudge } from './classic.ts';

const judge = classicJudge(readyMade('classic') as ClassicPolicy);
const served = (requests: number, errors: number, slow = 0): Counts => ({
  requests,
  errors,
  latency: { bounds: [1000, 4000, 8000], cumulative: [requests - slow, requests - slow, requests] },
});
const minute = (i: number, candidate: Counts, live = served(1000, 2)): RoleMinute => ({
  start: i * 60_000,
  live,
  candidate,
});
const alarm = (minutes: readonly RoleMinute[], history: readonly RoleMinute[] = []) =>
  judge.observe(judge.begin(history), minutes).alarm?.guard;

describe('the documents’ own rule', () => {
  it('trips on the fifth minute in a row over 1 %', () => {
    const bad = [0, 1, 2, 3, 4].map((i) => minute(i, served(100, 2)));
    expect(alarm(bad.slice(1))).toBeUndefined();
    expect(alarm(bad)).toBe('errors');
    expect(alarm([...bad.slice(1), minute(5, served(100, 1)), minute(6, served(100, 2))])).toBeUndefined();
  });

  it('skips minutes with too few requests', () => {
    const bad = [0, 1, 3, 5, 6].map((i) => minute(i, served(100, 2)));
    expect(alarm([bad[0], minute(2, served(19, 0)), ...bad.slice(1)] as RoleMinute[])).toBe('errors');
    expect(alarm([0, 1, 2, 3, 4].map((i) => minute(i, served(10, 10))))).toBeUndefined();
  });

  it('compares P99 with the baseline beside it, else with the frozen one', () => {
    const slow = [0, 1, 2, 3, 4].map((i) => minute(i, served(200, 0, 4)));
    expect(alarm(slow)).toBe('latency');
    const alone = slow.map((m) => ({ ...m, live: { requests: 0, errors: 0 } }));
    expect(alarm(alone)).toBeUndefined();
    expect(alarm(alone, [minute(-1, served(0, 0))])).toBe('latency');
    const bothSlow = slow.map((m) => ({ ...m, live: served(1000, 0, 20) }));
    expect(alarm(bothSlow)).toBeUndefined();
  });
});
