import { describe, expect, it } from 'vitest';
import type { RoleMinute } from '../observations/minute.ts';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { judgeOf, notesOf } from './of-policy.ts';

const plan = parsePlan('5@5m,100@1h');
const policy = parsePolicy('sequential');
const judge = judgeOf(policy, plan);

const minute = (t: number, cumulative: readonly number[]): RoleMinute => {
  const counts = (requests: number) => ({
    requests,
    errors: 0,
    latency: { bounds: [500, 1000], cumulative: cumulative.map((n) => (n * requests) / 100) },
  });
  return { start: t * 60_000, live: counts(500), candidate: counts(100) };
};
const after = (minutes: number, cumulative: readonly number[]) =>
  judge.observe(
    judge.begin([]),
    Array.from({ length: minutes }, (_, t) => minute(t, cumulative)),
  ).evidence;

describe('what a reader must know of the judge', () => {
  it('is how long a past it has, and which stage is too short', () => {
    expect(notesOf(judge.begin([]))).toEqual([
      expect.stringMatching(/^no history of the live version/),
      expect.stringMatching(/^less than a day of history/),
      'stage 1 soaks for 5m, less than 7 blocks: it cannot decide by comparison alone',
    ]);
  });

  it('is which guards are not judged, once others are', () => {
    expect(notesOf(after(3, [100, 100])).at(-1)).toBe(
      'not judged, no figures have come: ttft, tpot, invalid',
    );
    expect(notesOf(after(1, [100, 100]))).toContain(
      'not judged, fewer than 1000 answers of the live version were timed: latency',
    );
    expect(notesOf(after(3, [50, 60]))).toContain(
      'not judged, the buckets end under what would be slow: latency',
    );
  });

  it('is nothing of a rule of thumb', () => {
    const classic = judgeOf(parsePolicy('classic'), plan);
    expect(notesOf(classic.begin([]))).toEqual([]);
  });
});
