import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Counts, RoleMinute } from '../observations/minute.ts';
import {
  type ComparisonEvidence,
  compareMore,
  comparison,
  comparisonSentence,
  nothingCompared,
} from './comparison.ts';

const counts = (requests: number, errors: number): Counts => ({ requests, errors });
const errors = { metric: 'errors', confidence: 0.95 };

/** A generator of its own: a run of minutes with these error rates. */
function minutesOf(n: number, live: number, candidate: number, seed: number, burst = 0): RoleMinute[] {
  let state = seed * 2654435761 + 1;
  const random = () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
  let bad = 0;
  return Array.from({ length: n }, (_, i) => {
    if (burst > 0 && bad-- <= 0 && random() < 0.005) bad = burst;
    const shared = bad > 0 ? 0.3 : 0;
    const drawn = (rate: number) => {
      let failed = 0;
      for (let k = 0; k < 60; k++) if (random() < rate + shared) failed++;
      return counts(60, failed);
    };
    return { start: i * 60_000, live: drawn(live), candidate: drawn(candidate) };
  });
}

/** Looks every so many minutes; whether the interval ever lost `truth`. */
function everLost(minutes: readonly RoleMinute[], truth: number, step: number): boolean {
  let evidence: ComparisonEvidence = nothingCompared;
  for (let i = 0; i < minutes.length; i += step) {
    evidence = compareMore(evidence, minutes.slice(i, i + step), errors);
    const { low, high } = comparison(evidence, errors);
    if (truth < low - 1e-12 || truth > high + 1e-12) return true;
  }
  return false;
}

describe('an A/B test', () => {
  it.each([
    [0.005, 0.005, 0],
    [0.02, 0.05, 0],
    [0.01, 0.01, 10],
  ])(
    'holds the true difference at all of 600 looks (rates %d and %d, bursts of %d)',
    (live, candidate, burst) => {
      const runs = 200;
      let lost = 0;
      for (let seed = 1; seed <= runs; seed++)
        if (everLost(minutesOf(600, live, candidate, seed, burst), candidate - live, 1)) lost++;
      // 5 % of 200 are 10; twice that is out of reach for an interval that keeps its promise
      expect(lost).toBeLessThanOrEqual(20);
    },
  );

  it('finds the better one, whichever it is, and by how much', () => {
    const worse = comparison(compareMore(nothingCompared, minutesOf(1500, 0.01, 0.05, 7), errors), errors);
    expect(worse.better).toBe('live');
    expect(worse.low).toBeGreaterThan(0.01);
    expect(comparisonSentence(worse)).toMatch(
      /^the live version is better by \d\.\d\d % to \d\.\d\d % \(errors: new version/,
    );
    const better = comparison(compareMore(nothingCompared, minutesOf(1500, 0.05, 0.01, 7), errors), errors);
    expect(better.better).toBe('candidate');
    const same = comparison(compareMore(nothingCompared, minutesOf(300, 0.01, 0.01, 7), errors), errors);
    expect(same.better).toBe('undecided');
    expect(comparisonSentence(same)).toMatch(/^neither is known to be better/);
  });

  it('says the same however the intervals came, and nothing where one version was not measured', () => {
    const minutes = minutesOf(90, 0.02, 0.03, 3);
    const whole = compareMore(nothingCompared, minutes, errors);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (steps) => {
        let evidence = nothingCompared;
        let at = 0;
        for (const step of [...steps, 90]) {
          evidence = compareMore(evidence, minutes.slice(at, at + step), errors);
          at += step;
        }
        expect(evidence).toEqual(whole);
      }),
      { numRuns: 20 },
    );
    const silent = minutes.map((m) => ({ ...m, candidate: counts(0, 0) }));
    expect(compareMore(nothingCompared, silent, errors)).toEqual(nothingCompared);
    expect(comparisonSentence(comparison(nothingCompared, errors))).toMatch(/no interval measured/);
  });

  it('compares scores, of which more is better, and slow answers', () => {
    const scored = (score: number): Counts => ({ ...counts(10, 0), scores: { judge: [score, score] } });
    const minutes = Array.from({ length: 300 }, (_, i) => ({
      start: i,
      live: scored(0.4),
      candidate: scored(0.7),
    }));
    const found = comparison(
      compareMore(nothingCompared, minutes, { metric: 'score:judge', confidence: 0.95 }),
      {
        metric: 'score:judge',
        confidence: 0.95,
      },
    );
    expect(found).toMatchObject({ better: 'candidate', candidate: expect.closeTo(0.7) });
    const slow = (n: number): Counts => ({
      ...counts(10, 0),
      latency: { bounds: [1000, 2000], cumulative: [10 - n, 10] },
    });
    const slower = Array.from({ length: 300 }, (_, i) => ({ start: i, live: slow(0), candidate: slow(5) }));
    const by = { metric: 'slower-than:1s', confidence: 0.95 };
    expect(comparison(compareMore(nothingCompared, slower, by), by)).toMatchObject({ better: 'live' });
  });
});
