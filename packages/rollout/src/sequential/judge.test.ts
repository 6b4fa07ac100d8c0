import { Generator } from '@sluice/statistics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoleMinute } from '../observations/minute.ts';
import { parsePolicy, type SequentialPolicy } from '../policy/policy.ts';
import { type Behaviour, boundsAround, drawMinute } from '../simulation/traffic.ts';
import { sequentialJudge } from './judge.ts';

const HOURS = [1, 2, 2, 24].map((h) => h * 3_600_000);
const WELL: Behaviour = { errorShare: 0.002, latency: { p99: 2000, sigma: 0.8 } };
const BOUNDS = boundsAround(2000);

const judgeOf = (text = '') =>
  sequentialJudge(parsePolicy(`{kind: sequential, ${text}}`) as SequentialPolicy, HOURS);

interface Story {
  readonly from?: number;
  readonly minutes: number;
  readonly perMinute?: number;
  readonly share?: (t: number) => number;
  readonly live?: (t: number) => Behaviour;
  readonly candidate?: (t: number) => Behaviour;
}

function played(random: Generator, story: Story): RoleMinute[] {
  const {
    from = 0,
    minutes,
    perMinute = 600,
    share = () => 0.25,
    live = () => WELL,
    candidate = live,
  } = story;
  return Array.from({ length: minutes }, (_, i) =>
    drawMinute(
      random,
      (from + i) * 60_000,
      perMinute,
      share(from + i),
      live(from + i),
      candidate(from + i),
      BOUNDS,
    ),
  );
}

const DAY = 1440;
const history = (random: Generator, live?: (t: number) => Behaviour) =>
  played(random, {
    from: -2 * DAY,
    minutes: 2 * DAY,
    share: () => 0,
    live: live ?? (() => WELL),
    candidate: () => WELL,
  });

/** The minute of the first alarm; nothing where none came. */
function alarmAt(judge: ReturnType<typeof judgeOf>, past: RoleMinute[], minutes: RoleMinute[]) {
  let evidence = judge.begin(past);
  for (const minute of minutes) {
    const seen = judge.observe(evidence, [minute]);
    if (seen.alarm)
      return { minute: minute.start / 60_000, guard: seen.alarm.guard, reason: seen.alarm.reason };
    evidence = seen.evidence;
  }
  return undefined;
}

const failing = (errorShare: number): Behaviour => ({ ...WELL, errorShare });
const slower = (times: number): Behaviour => ({ ...WELL, latency: { p99: 2000 * times, sigma: 0.8 } });
/** Bursts of `length` minutes at 8 %, 2 % of the time, each version its own. */
function bursts(random: Generator, length: number): (t: number) => Behaviour {
  let left = 0;
  return () => {
    if (left > 0) left -= 1;
    else if (random.uniform() < 0.02 / length) left = length;
    return failing(left > 0 ? 0.08 : 0.002);
  };
}

describe('the sequential judge', () => {
  const random = Generator.fromSeed(1);
  const judge = judgeOf();
  const past = history(random);

  it('lets an unchanged candidate go on, and knows when a fault would have been found', () => {
    let evidence = judge.begin(past);
    const minutes = played(random, { minutes: 300 });
    evidence = judge.observe(evidence, minutes.slice(0, 5)).evidence;
    expect(judge.unproven(evidence)).toMatch(
      /errors of 3 % would have been found by now with probability 0.0/,
    );
    const { alarm, evidence: after } = judge.observe(evidence, minutes.slice(5));
    expect(alarm).toBeNull();
    expect(judge.unproven(after)).toBeUndefined();
  });

  it.each([
    ['errors of 3 %', failing(0.03), 'errors', 40],
    ['an outage', failing(0.9), 'hard-guard', 2],
    ['answers that take twice as long', slower(2), 'latency', 90],
  ] as const)('finds %s', (_, fault, guard, within) => {
    const found = alarmAt(judge, past, played(random, { minutes: 300, candidate: () => fault }));
    expect(found?.guard).toBe(guard);
    expect(found?.minute).toBeLessThan(within);
  });

  it('finds a fault that comes after hours of good evidence', () => {
    const candidate = (t: number) => failing(t < 1000 ? 0.002 : 0.05);
    const found = alarmAt(judge, past, played(random, { minutes: 1100, share: () => 0.95, candidate }));
    expect(found?.minute).toBeGreaterThanOrEqual(1000);
    expect(found?.minute).toBeLessThan(1020);
  });

  it('does not mind answers that are a little slower', () => {
    expect(
      alarmAt(judge, past, played(random, { minutes: 300, candidate: () => slower(1.15) })),
    ).toBeUndefined();
  });

  it('blames nobody for an incident of both versions, at 25 % or at 95 %', () => {
    const incident = (t: number) => failing(t >= 100 && t < 120 ? 0.04 : 0.002);
    for (const share of [0.25, 0.95])
      expect(
        alarmAt(judge, past, played(random, { minutes: 200, share: () => share, live: incident })),
      ).toBeUndefined();
  });

  it('takes blocks as long as the bursts of the baseline, and is not fooled by bursts of the candidate', () => {
    const bursty = history(random, bursts(random, 5));
    const evidence = judge.begin(bursty);
    expect(evidence.guards.errors?.block).toBeGreaterThanOrEqual(8);
    const live = bursts(random, 5);
    const candidate = bursts(random, 5);
    expect(alarmAt(judge, bursty, played(random, { minutes: 600, live, candidate }))).toBeUndefined();
  });

  it('takes longer blocks when the live version shows a longer burst, not when both suffer', () => {
    const burst = (t: number) => failing(t >= 50 && t < 58 ? 0.1 : 0.002);
    const own = judge.observe(
      judge.begin(past),
      played(random, { minutes: 70, live: burst, candidate: () => WELL }),
    );
    expect(own.evidence.guards.errors?.block).toBeGreaterThanOrEqual(14);
    expect(own.evidence.guards.errors?.past).toBeNull();
    expect(own.evidence.notes.join()).toMatch(
      /a burst of \d intervals was seen: blocks of \d+ \(errors\) x 1m/,
    );
    const shared = judge.observe(judge.begin(past), played(random, { minutes: 70, live: burst }));
    expect(shared.evidence.guards.errors?.block).toBe(judge.begin(past).guards.errors?.block);
  });

  it('judges without a history, and says what that costs', () => {
    const evidence = judge.begin([]);
    expect(evidence.notes.join()).toMatch(
      /no history.*blocks of 1 x 1m until a burst.*once it has lasted 20m/,
    );
    const found = alarmAt(judge, [], played(random, { minutes: 300, candidate: () => failing(0.05) }));
    expect(found?.guard).toBe('errors');
    const burst = (t: number) => failing(t >= 70 && t < 80 ? 0.1 : 0.002);
    const seen = judge.observe(evidence, played(random, { minutes: 90, live: burst, candidate: () => WELL }));
    expect(seen.evidence.guards.errors?.block).toBeGreaterThanOrEqual(16);
  });

  it('without a history takes no burst of the candidate for a fault, and finds what lasts longer', () => {
    const spells = (length: number, every: number) => (t: number) =>
      failing(t % every >= every - length ? 0.1 : 0.002);
    const seen = (candidate: (t: number) => Behaviour, text = '') =>
      alarmAt(
        judgeOf(`guards: [errors]${text}`),
        [],
        played(random, { minutes: 900, perMinute: 2000, candidate }),
      );
    expect(seen(spells(18, 150))).toBeUndefined();
    expect(seen(spells(18, 150), ', longest-burst: 0s')?.guard).toBe('errors');
    const late = seen((t) => failing(t >= 300 ? 0.03 : 0.002));
    expect(late?.minute).toBeGreaterThanOrEqual(320);
    expect(late?.minute).toBeLessThan(350);
  });

  it('says which guards have no figures', () => {
    const plain = past.map(({ start, live, candidate }) => ({
      start,
      live: { requests: live.requests, errors: live.errors },
      candidate,
    }));
    const { notes, guards } = judge.begin(plain);
    expect(notes.join()).toMatch(/not judged, the history holds no figures: latency, ttft, tpot, invalid/);
    expect(Object.keys(guards)).toEqual(['errors']);
    expect(guards.errors?.alpha).toBe(0.01);
  });

  it('proves that the errors lie under their limit where that is asked', () => {
    const proof = judgeOf('advance: proven, guards: [errors]');
    const minutes = played(random, { minutes: 1800 });
    const evidence = proof.observe(proof.begin(past), minutes.slice(0, 300)).evidence;
    expect(proof.unproven(evidence)).toMatch(/errors under 1 % is not proven/);
    expect(proof.unproven(proof.observe(evidence, minutes.slice(300)).evidence)).toBeUndefined();
  });

  it('is sharper where requests are said to be independent', () => {
    const sharp = judgeOf('assume: independent, guards: [errors]');
    const found = alarmAt(sharp, past, played(random, { minutes: 300, candidate: () => failing(0.01) }));
    expect(found?.minute).toBeLessThan(40);
  });

  it('says the same however often one looks, and its evidence survives JSON', () => {
    const minutes = played(random, { minutes: 60, candidate: () => failing(0.006) });
    const whole = judge.observe(judge.begin(past), minutes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), 60];
        let evidence = judge.begin(past);
        let at = 0;
        for (const end of ends) {
          evidence = judge.observe(JSON.parse(JSON.stringify(evidence)), minutes.slice(at, end)).evidence;
          at = end;
        }
        expect(evidence).toEqual(whole.evidence);
      }),
      { numRuns: 10 },
    );
  });
});
