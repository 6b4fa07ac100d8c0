import type { LedgerRound } from '@sluice/online-evaluation';
import type { LineChart, Table } from '@sluice/report';
import { expect, it } from 'vitest';
import { blocksOf } from './show.ts';

const round = (to: number, outcomes: LedgerRound['outcomes'], notes: string[] = []): LedgerRound => ({
  ...{ period: { from: to - 60_000, to }, interval: to, notes, outcomes, replayed: false },
  ...{ seen: { stable: 9, canary: 9 }, sampled: { stable: 2, canary: 2 } },
});

it('a round is a point of each curve and a row, by role whatever the slots are', () => {
  const scored = { stable: { scores: [1, 0], missing: 0 }, canary: { scores: [1], missing: 1 } };
  const paired = { pairs: 4, higher: 3, lower: 1, difference: 0.5 };
  const rounds = [round(60_000, { format: { ...scored, paired } }), round(120_000, {}, ['too few answers'])];
  const [, chart, table] = blocksOf(rounds, { candidate: 'stable' });
  expect((chart as LineChart).series).toEqual([
    { name: 'format, live version', points: [{ x: 60_000, y: 1 }] },
    { name: 'format, new version', points: [{ x: 60_000, y: 0.5 }] },
  ]);
  expect((table as Table).rows).toEqual([
    ['1970-01-01T00:01:00Z', 'format', 1, 0.5, '4 pairs: 1 better, 3 worse'],
    ['1970-01-01T00:02:00Z', 'not scored', '', '', 'too few answers'],
  ]);
});
