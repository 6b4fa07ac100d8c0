import { drawNormal, Generator } from '@sluice/statistics';
import { describe, expect, it } from 'vitest';
import type { Counts, RoleMinute } from '../observations/minute.ts';
import { parsePolicy, type SequentialPolicy } from '../policy/policy.ts';
import { sequentialJudge } from './judge.ts';

const HOURS = [1, 2, 2, 24].map((h) => h * 3_600_000);
const judgeOf = (text: string) =>
  sequentialJudge(parsePolicy(`{kind: sequential, guards: [errors], ${text}}`) as SequentialPolicy, HOURS);
type Extra = Omit<Counts, 'requests' | 'errors'>;

/** Minutes of 1,000 requests of the live version and 100 (or `served`) of the candidate, without an error. */
const minutes = (n: number, live: (t: number) => Extra, candidate: (t: number) => Extra, served = 100) =>
  Array.from(
    { length: n },
    (_, t): RoleMinute => ({
      start: t * 60_000,
      live: { requests: 1000, errors: 0, ...live(t) },
      candidate: { requests: served, errors: 0, ...candidate(t) },
    }),
  );

/** The first alarm, and after how many minutes. */
function alarmIn(text: string, seen: readonly RoleMinute[], past: readonly RoleMinute[] = []) {
  const judge = judgeOf(text);
  let evidence = judge.begin(past);
  for (const [i, minute] of seen.entries()) {
    const step = judge.observe(evidence, [minute]);
    if (step.alarm) return { after: i + 1, ...step.alarm };
    evidence = step.evidence;
  }
  return undefined;
}

describe('tokens a second', () => {
  const random = Generator.fromSeed(4);
  const at = (perSecond: number, noise: number) => (): Extra => ({
    tokens: { count: Math.max(0, perSecond * 60 * (1 + noise * drawNormal(random))), seconds: 60 },
  });

  it('finds a candidate at half the speed within twenty minutes', () => {
    const found = alarmIn('token-rate: {}', minutes(60, at(40, 0.05), at(20, 0.2)));
    expect(found).toMatchObject({ guard: 'token-rate' });
    expect(found?.after).toBeLessThan(20);
    expect(found?.reason).toMatch(/output tokens a second in the newest block, the live version (3|4)\d/);
  });

  it('lets noisy figures of an equal one pass for a day', () => {
    expect(alarmIn('token-rate: {}', minutes(1440, at(40, 0.05), at(40, 0.5)))).toBeUndefined();
  });

  it('holds a candidate under load to the live version under load', () => {
    const past = minutes(100, at(20, 0.05), () => ({}), 0);
    const idle = minutes(200, at(60, 0.05), at(20, 0.1), 19_000);
    expect(alarmIn('token-rate: {}', idle, past)).toBeUndefined();
    expect(alarmIn('token-rate: {}', idle)?.guard).toBe('token-rate');
  });

  it('says nothing where nothing is measured', () => {
    const some = minutes(60, at(40, 0), () => ({}));
    expect(alarmIn('token-rate: {}', some)).toBeUndefined();
  });
});

describe('scores of the online evaluation', () => {
  const random = Generator.fromSeed(9);
  /** Fifty answers an hour, each well with that chance. */
  const hourly = (p: number) => (t: number) =>
    t % 60 === 59
      ? { scores: { quality: Array.from({ length: 50 }, () => Number(random.uniform() < p)) } }
      : {};

  it('finds a drop from .9 to .6 within a few hours', () => {
    const found = alarmIn('scores: {quality: 0.05}', minutes(1440, hourly(0.9), hourly(0.6)));
    expect(found).toMatchObject({ guard: 'score quality' });
    expect(found?.after).toBeLessThanOrEqual(300);
    expect(found?.reason).toMatch(/mean 0\.\d+ over \d+ answers, the live version 0\.\d+/);
  });

  it('rolls back at the margin in at most 1 % of the rollouts', () => {
    const judge = judgeOf('scores: {quality: 0.05}');
    const start = judge.begin([]);
    let wrong = 0;
    for (let i = 0; i < 100; i++) {
      const day = minutes(600, hourly(0.9), hourly(0.85)).filter((m) => m.live.scores);
      if (judge.observe(start, day).alarm) wrong += 1;
    }
    expect(wrong).toBeLessThanOrEqual(3);
  });

  it('waits for the scores of the other version', () => {
    const judge = judgeOf('scores: {quality: 0.05}');
    const scored = (live: number[], candidate: number[]) =>
      minutes(
        1,
        () => ({ scores: { quality: live } }),
        () => ({ scores: { quality: candidate } }),
      );
    const first = judge.observe(judge.begin([]), scored([1, 1, 1], [0])).evidence.further.scores['quality'];
    expect(first).toMatchObject({
      waiting: { live: [1, 1], candidate: [] },
      sums: { live: 1, candidate: 0 },
    });
    expect(first?.worse.blocks).toBe(1);
  });
});

describe('GPU figures', () => {
  const memory = (percent: number) => () => ({ gpu: { memory: percent } });
  const text = 'gpu-memory: {above: 95}';

  it('trips after five minutes in a row, not while the live version is over too', () => {
    expect(alarmIn(text, minutes(10, memory(80), memory(96)))).toMatchObject({
      guard: 'gpu-memory',
      after: 5,
      reason: "96 % of the GPU's memory, over 95 % for 5m, the live version at 80 %",
    });
    expect(alarmIn(text, minutes(60, memory(96), memory(97)))).toBeUndefined();
  });

  it('begins a row anew, and a minute without the figure does not break one', () => {
    const broken = minutes(20, memory(80), (t) => memory(t % 5 === 4 ? 90 : 96)());
    expect(alarmIn(text, broken)).toBeUndefined();
    const gap = minutes(20, memory(80), (t) => (t === 2 ? {} : memory(96)()));
    expect(alarmIn(text, gap)?.after).toBe(6);
  });

  it('shows where each stands', () => {
    const judge = judgeOf(`${text}, token-rate: {}, scores: {quality: 0}`);
    const seen = judge.observe(judge.begin([]), minutes(2, memory(80), memory(96)));
    const evidence = JSON.parse(JSON.stringify(seen.evidence)) as typeof seen.evidence;
    expect(evidence).toEqual(seen.evidence);
    expect(judge.readings(evidence).map(({ guard, value, threshold }) => [guard, value, threshold])).toEqual([
      ['errors', expect.any(Number), expect.any(Number)],
      ['errors', expect.any(Number), expect.any(Number)],
      ['token-rate', 0, Math.log(1 / 0.0025)],
      ['score quality', 0, Math.log(1 / 0.0025)],
      ['gpu-memory', 2, 5],
    ]);
  });
});

describe('slower than a limit', () => {
  const slow = (share: number) => (): Extra => ({
    latency: { bounds: [1000, 5000, 10_000], cumulative: [50, 100 * (1 - share), 100] },
  });
  const text = 'slow: {above: 4s, limit: 1}';
  const run = (live: number, candidate: number) =>
    alarmIn(
      text,
      minutes(120, slow(live), slow(candidate)).map((m) => ({
        ...m,
        live: { ...m.live, requests: 100 },
      })),
    );

  it('rolls back over the limit, counted from the next bucket bound', () => {
    const found = run(0, 0.1);
    expect(found).toMatchObject({ guard: 'slow', reason: expect.stringContaining('slower than 5000 ms') });
    expect(found?.after).toBeLessThan(35);
  });

  it('is suspended while the live version is over it too', () => {
    expect(run(0.1, 0.1)).toBeUndefined();
  });
});
