import { Generator } from '@sluice/statistics';
import { expect, test } from 'vitest';
import { LOOKS, type Look, type StopMethod, sharesAtLook } from './look.ts';
import { batchesOf } from './order.ts';

const OPTIONS = { alpha: 0.05, test: 'auto', family: 1 } as const;
const MARGIN = 0.05;
const PSI = 0.1;

/** One experiment: items arrive in batches, it ends at the first look that decides. */
function experiment(
  random: Generator,
  items: number,
  difference: number,
  method: StopMethod,
): { decision: string; used: number } {
  let [gains, losses, seen] = [0, 0, 0];
  const looks = LOOKS[method];
  for (let look = 1; look <= looks; look++) {
    for (const end = Math.ceil((items * look) / looks); seen < end; seen++) {
      const u = random.uniform();
      if (u < (PSI + difference) / 2) gains++;
      else if (u < PSI) losses++;
    }
    const result = sharesAtLook({ items: seen, gains, losses }, { method, look, looks }, OPTIONS);
    if (result.above(-MARGIN) <= 0.05) return { decision: 'approve', used: seen / items };
    if (result.below(-MARGIN) <= 0.05) return { decision: 'reject', used: seen / items };
  }
  return { decision: 'undecided', used: 1 };
}

function simulate(items: number, difference: number, method: StopMethod, runs = 400) {
  const random = Generator.fromSeed(11);
  const all = Array.from({ length: runs }, () => experiment(random, items, difference, method));
  const share = (decision: string): number => all.filter((e) => e.decision === decision).length / runs;
  return {
    approve: share('approve'),
    reject: share('reject'),
    used: all.reduce((sum, e) => sum + e.used, 0) / runs,
  };
}

// 247 items are what the fixed test needs for a power of 0.8
test.each(['planned-looks', 'when-decided'] as const)(
  '%s: a candidate at the margin is approved in at most 5 of 100',
  (method) => {
    const { approve } = simulate(500, -MARGIN, method, 600);
    expect(approve).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 600));
  },
);

test('planned looks: under 80 % of the items for an unchanged model, and nearly the power of the fixed test', () => {
  const { approve, used } = simulate(247, 0, 'planned-looks');
  expect(used).toBeLessThan(0.85);
  expect(approve).toBeGreaterThan(0.68);
});

test('any look: under 45 % of four times the items for an unchanged model, 30 % for a clearly worse one', () => {
  const unchanged = simulate(988, 0, 'when-decided');
  expect(unchanged.used).toBeLessThan(0.47);
  expect(unchanged.approve).toBeGreaterThan(0.95);
  const worse = simulate(988, -2 * MARGIN, 'when-decided');
  expect(worse.used).toBeLessThan(0.32);
  expect(worse.reject).toBeGreaterThan(0.95);
});

test('the bounds and intervals are those of the reference', () => {
  const counts = { items: 500, gains: 30, losses: 45 };
  const look = (k: number): Look => ({ method: 'planned-looks', look: k, looks: 10 });
  expect(sharesAtLook(counts, look(1), OPTIONS).name).toContain('none yet');
  expect(sharesAtLook(counts, look(2), OPTIONS).name).toMatch(/bound 4\.2/);
  expect(sharesAtLook(counts, look(10), OPTIONS).name).toMatch(/bound 1\.(79|80)/);
  const any = sharesAtLook(counts, { method: 'when-decided', look: 5, looks: 20 }, OPTIONS);
  expect(any.interval.lower).toBeLessThan(-0.0648);
  expect(any.interval.upper).toBeGreaterThan(0.004);
  expect(any.above(any.interval.lower - 0.001)).toBe(0.05);
  expect(any.above(any.interval.lower + 0.001)).toBe(1);
  expect(any.below(any.interval.upper + 0.001)).toBe(0.05);
});

test('batches hold every item once, in an order that the seed fixes', () => {
  const batches = batchesOf(103, 7, 10);
  expect(batches).toHaveLength(10);
  expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, i) => i));
  expect(batchesOf(103, 7, 10)).toEqual(batches);
  expect(batchesOf(103, 8, 10)).not.toEqual(batches);
});
