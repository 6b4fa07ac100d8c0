import { UserError } from '@sluice/contract';
import { Generator } from '@sluice/statistics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Minute } from '../observations/minute.ts';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { parseTrafficCsv } from './csv.ts';
import { replay } from './replay.ts';
import { drawMinute } from './traffic.ts';

const plan = parsePlan('1@1h,5@2h,25@2h,100@5h');
const policy = parsePolicy('sequential');
const shares = plan.flatMap((s) =>
  Array<number>(s.soakMs / 60_000).fill(s.percent === 100 ? 0.95 : s.percent / 100),
);
const random = Generator.fromSeed(5);

function recorded(
  length: number,
  share: (t: number) => number,
  candidateErrors: (t: number) => number,
): Minute[] {
  return Array.from({ length }, (_, t) => {
    const candidate = { errorShare: candidateErrors(t) };
    const { start, ...m } = drawMinute(
      random,
      t * 60_000,
      600,
      share(t),
      { errorShare: 0.002 },
      candidate,
      [],
    );
    return { start, stable: m.live, canary: m.candidate };
  });
}
const history = recorded(
  2880,
  () => 0,
  () => 0,
);
const at = (t: number) => shares[t] as number;
const good = recorded(shares.length, at, () => 0.002);

describe('replay', () => {
  it('completes at the end of the plan where nothing was wrong', () => {
    expect(replay(plan, policy, good, history)).toMatchObject({
      decision: 'complete',
      minute: 600,
      stage: 4,
    });
  });

  it('says when a fault would have been taken back, and what it had served', () => {
    const bad = recorded(shares.length, at, (t) => (t < 200 ? 0.002 : 0.03));
    const end = replay(plan, policy, bad, history);
    expect(end).toMatchObject({ decision: 'rollback', stage: 3 });
    expect(end.minute).toBeGreaterThan(200);
    expect(end.minute).toBeLessThan(240);
    const served = bad.slice(0, end.minute).reduce((sum, m) => sum + m.canary.requests, 0);
    expect(end.exposed).toBe(served);
    expect(end.reason).toMatch(/^errors: \d+ of \d+/);
  });

  it('holds where the recording ends, or where the minutes at a stage’s end are missing', () => {
    expect(replay(plan, policy, good.slice(0, 400), history)).toMatchObject({
      decision: 'hold',
      minute: 400,
    });
    const gone = good.filter((m) => m.start < 290 * 60_000 || m.start >= 590 * 60_000);
    const end = replay(plan, policy, gone, history);
    expect(end.decision).toBe('hold');
    expect(replay(plan, policy, [], history)).toMatchObject({ decision: 'hold', minute: 0 });
  });

  it('holds a fault in a last stage that nothing ran beside, whatever its size', () => {
    const alone = (errors: number) =>
      recorded(
        shares.length,
        (t) => (t < 300 ? at(t) : 1),
        (t) => (t < 400 ? 0.002 : errors),
      );
    expect(replay(plan, policy, alone(0.002), history)).toMatchObject({ decision: 'complete' });
    for (const errors of [0.03, 0.6]) {
      const end = replay(plan, policy, alone(errors), history);
      expect(end).toMatchObject({ decision: 'hold', minute: 600, stage: 4 });
      expect(end.reason).toMatch(/errors: \d+ of \d+ .* nothing runs beside it/);
    }
  });

  it('says what it could not judge', () => {
    expect(replay(plan, policy, good, history).unjudged.join()).toMatch(
      /no figures: latency, ttft, tpot, invalid/,
    );
  });
});

describe('what a recording does not hold', () => {
  it('blocks nothing where the history holds it', () => {
    const timed = history.map((m) => ({
      ...m,
      stable: {
        ...m.stable,
        latency: { bounds: [1000, 5000], cumulative: [m.stable.requests, m.stable.requests] },
      },
    }));
    expect(replay(plan, policy, good, timed)).toMatchObject({ decision: 'complete', stage: 4 });
  });

  it('is said of every guard that the policy has', () => {
    const wide = parsePolicy('{kind: sequential, slow: {above: 4s}, scores: {quality: 0.1}}');
    const { unjudged } = replay(plan, wide, good.slice(0, 10));
    expect(unjudged.at(-1)).toBe(
      'not judged, the recording holds no figures: latency, ttft, tpot, invalid, slow, scores',
    );
  });

  it('is not said of guards that it has not', () => {
    const said = (text: string) => replay(plan, parsePolicy(text), good.slice(0, 10)).unjudged.at(-1);
    expect(said('classic')).toBe('not judged, the recording holds no figures: latency');
    expect(said('{kind: sequential, guards: [errors, ttft]}')).toBe(
      'not judged, the recording holds no figures: ttft',
    );
  });
});

describe('durations in a recording', () => {
  const law = { p99: 2000, sigma: 0.5 };
  const timed = (length: number, perMinute: number, times: number, bounds: readonly number[]): Minute[] =>
    Array.from({ length }, (_, t) => {
      const slow = { errorShare: 0.002, latency: { ...law, p99: law.p99 * times } };
      const well = { errorShare: 0.002, latency: law };
      const m = drawMinute(random, t * 60_000, perMinute, shares[t] ?? 0, well, slow, [...bounds]);
      return { start: m.start, stable: m.live, canary: m.candidate };
    });
  const bounds = [500, 1000, 2000, 3000, 4000, 8000];
  const slower = timed(shares.length, 600, 2, bounds);

  it('are judged beside the live version where the history holds none', () => {
    const end = replay(plan, policy, slower, history);
    expect(end).toMatchObject({ decision: 'rollback', guard: 'latency' });
    expect(end.notes.join()).toMatch(/judged beside the live version alone: latency/);
    expect(replay(plan, policy, timed(shares.length, 600, 1, bounds), history).decision).toBe('complete');
  });

  it('do not hold for a fault that the policy allows', () => {
    const lenient = parsePolicy('{kind: sequential, latency: {times: 3}}');
    const end = replay(plan, lenient, timed(shares.length, 600, 1, bounds), history);
    expect(end.decision).toBe('complete');
    expect(end.notes.join()).toMatch(/latency\.times 3 allows a P99 2 times as long/);
  });

  it('are judged where the history holds too few for a P99', () => {
    const short = timed(60, 10, 1, bounds).map((m) => ({ ...m, start: m.start - 3_600_000 }));
    expect(replay(plan, policy, slower, short)).toMatchObject({ decision: 'rollback', guard: 'latency' });
  });

  it('are said to be counted too coarsely where no number of requests would find the fault', () => {
    const wide = timed(shares.length, 20, 1, [500, 1000, 2500, 8000]);
    const { decision, reason } = replay(plan, policy, wide);
    expect(decision).toBe('hold');
    expect(reason).toMatch(
      /a P99 2 times as long cannot be found in buckets so wide, .* slow from 8000 ms on/,
    );
  });

  it('are said not to be judged where the buckets end too low', () => {
    const low = timed(shares.length, 600, 2, [500, 1000]);
    const { decision, notes } = replay(plan, policy, low, history);
    expect(decision).toBe('complete');
    expect(notes).toContain('not judged, the buckets end under what would be slow: latency');
  });
});

describe('rows of the candidate that are not there', () => {
  const without = (gone: (t: number) => boolean) =>
    good.map((m, t) => (gone(t) ? { ...m, canary: { requests: 0, errors: 0 } } : m));

  it('are missing data where many requests should have come, and hold', () => {
    const end = replay(
      plan,
      policy,
      without((t) => t >= 350 && t < 550),
      history,
    );
    expect(end).toMatchObject({ decision: 'hold', minute: 600, stage: 4 });
    expect(end.reason).toMatch(/only \d+ of 300 intervals of this stage were seen/);
  });

  it('are zeros where few come anyway', () => {
    const few = recorded(shares.length, at, () => 0.002).map((m, t) =>
      t % 3 && t < 60 ? { ...m, canary: { requests: 0, errors: 0 } } : m,
    );
    expect(replay(plan, policy, few, history)).toMatchObject({ decision: 'complete', minute: 600 });
  });
});

describe('parseTrafficCsv', () => {
  it('reads minutes of both versions with their histogram', () => {
    const text =
      'minute,version,requests,errors,le_500,le_2000\n0,stable,100,1,50,99\n0,canary,2,0,1,2\n2,stable,90,0,40,90\n';
    expect(parseTrafficCsv(text, 'a.csv')).toEqual([
      {
        start: 0,
        stable: { requests: 100, errors: 1, latency: { bounds: [500, 2000], cumulative: [50, 99] } },
        canary: { requests: 2, errors: 0, latency: { bounds: [500, 2000], cumulative: [1, 2] } },
      },
      {
        start: 120_000,
        stable: { requests: 90, errors: 0, latency: { bounds: [500, 2000], cumulative: [40, 90] } },
        canary: { requests: 0, errors: 0 },
      },
    ]);
  });

  it('reads what a spreadsheet or a data frame has written', () => {
    const text = '\uFEFF"minute","version","requests","errors"\r\n1.0,"stable",4.0,0\r\n1.0,"canary",1,1\r\n';
    expect(parseTrafficCsv(text, 'a.csv')).toEqual([
      { start: 60_000, stable: { requests: 4, errors: 0 }, canary: { requests: 1, errors: 1 } },
    ]);
  });

  it('takes a time without a zone for UTC', () => {
    const at = (time: string) =>
      parseTrafficCsv(`minute,version,requests,errors\n${time},stable,1,0\n`, 'a.csv')[0]?.start;
    expect(at('2026-03-29 02:30')).toBe(Date.UTC(2026, 2, 29, 2, 30));
    expect(at('2026-03-29T02:30:00+02:00')).toBe(Date.UTC(2026, 2, 29, 0, 30));
  });

  it('refuses a bound that is given twice, and times that are finer than milliseconds', () => {
    const row = (header: string, line: string) => () =>
      parseTrafficCsv(`minute,version,requests,errors${header}\n${line}\n`, 'a.csv');
    expect(row(',le_500,le_500.0', '0,stable,1,0,1,1')).toThrow(
      /a\.csv:1: column 'le_500\.0' is given twice/,
    );
    for (const fine of ['1795000000000000', '1795000000000000000', '99999999999999999'])
      expect(row('', `${fine},stable,1,5`)).toThrow(/a\.csv:2: minute is .* not finer/);
  });

  it('reads back every recording', () => {
    const count = fc.nat({ max: 1000 });
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 5000 })), fc.infiniteStream(count), (minutes, counts) => {
        const next = () => counts.next().value as number;
        const sorted = minutes.sort((a, b) => a - b);
        const wanted = sorted.map((m) => ({
          start: m * 60_000,
          stable: { requests: next(), errors: next() },
          canary: { requests: next(), errors: next() },
        }));
        const rows = wanted.flatMap((m) =>
          (['stable', 'canary'] as const).map(
            (v) => `${m.start / 60_000},${v},${m[v].requests},${m[v].errors}`,
          ),
        );
        expect(parseTrafficCsv(['minute,version,requests,errors', ...rows].join('\r\n'), 'x')).toEqual(
          wanted,
        );
      }),
    );
  });

  it.each([
    ['time,version,requests,errors\n', /a.csv:1: the header is/],
    ['minute,version,requests,errors,p99\n', /column 'p99' is not known/],
    [
      'minute,version,requests,errors\n0,stable,1\n',
      /a.csv:2: 3 cells where the header has 4, perhaps cut off/,
    ],
    ['minute,version,requests,errors\n0,stable,1,NaN\n', /a.csv:2: errors is 'NaN'/],
    ['minute,version,requests,errors\n0,blue,1,0\n', /version is 'blue', expected stable or canary/],
    ['minute,version,requests,errors\n0,stable,1,0\n0,stable,1,0\n', /a.csv:3: a second row of stable/],
    ['minute,version,requests,errors\nsoon,stable,1,0\n', /minute is 'soon'/],
    ['minute,version,requests,errors\n0.5,stable,1,0\n', /minute is '0.5', expected a count of minutes/],
    ['minute,version,requests,errors\n1/2/26,stable,1,0\n', /minute is '1\/2\/26'/],
  ])('refuses %j', (text, message) => {
    expect(() => parseTrafficCsv(text, 'a.csv')).toThrow(UserError);
    expect(() => parseTrafficCsv(text, 'a.csv')).toThrow(message);
  });
});
