import { expect, test } from 'vitest';
import { missed } from './bars.ts';
import { itemsOf, METHODS, type Result, simulate } from './simulate.ts';

const typical = { discordance: 0.1, margin: 0.05 };
const run = { runs: 400, seed: 5 };

test('one times the items are those that the fixed test needs: 247', () => {
  expect(itemsOf({ ...typical, multiple: 1 })).toBe(247);
});

test('at the margin every method approves in 5 of 100 at most', () => {
  for (const method of METHODS) {
    const cell = { ...typical, multiple: 2 };
    expect(missed([simulate(cell, 'at the margin', method, run)])).toEqual([]);
  }
});

test('where there are plenty of items both ways stop early and decide rightly', () => {
  const cell = { ...typical, multiple: 4 };
  for (const method of ['planned-looks', 'when-decided'] as const) {
    const unchanged = simulate(cell, 'unchanged', method, run);
    expect(unchanged.approved / unchanged.runs).toBeGreaterThan(0.95);
    expect(unchanged.used).toBeLessThan(0.52);
    const worse = simulate(cell, 'twice the margin worse', method, run);
    expect(worse.rejected / worse.runs).toBeGreaterThan(0.95);
    expect(worse.used).toBeLessThan(0.4);
  }
});

test('a bar that is missed is said', () => {
  const bad: Result = {
    cell: { ...typical, multiple: 4 },
    truth: 'unchanged',
    method: 'when-decided',
    items: 989,
    runs: 1000,
    approved: 1000,
    rejected: 0,
    used: 0.46,
  };
  expect(missed([bad])).toEqual(['when-decided at 4x, unchanged: 46.0 % of the items']);
  expect(missed([{ ...bad, truth: 'at the margin', approved: 90 }])).toEqual([
    'when-decided at 4x, discordant 0.1: over 5 % false approvals',
  ]);
});
