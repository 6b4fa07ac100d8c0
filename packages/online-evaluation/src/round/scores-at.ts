import type { Slot } from '../answer.ts';
import type { LedgerRound } from './ledger.ts';

/** Answers that were scored, and the sum of their scores, by scorer. */
export type Scores = Readonly<Record<string, { readonly answers: number; readonly sum: number }>>;

/** What the interval that begins at a time (ms epoch) carries to the judge; undefined: nothing. */
export function scoresAt(rounds: readonly LedgerRound[], interval: number): Record<Slot, Scores> | undefined {
  const here = rounds.filter(
    (round) => round.interval === interval && Object.keys(round.outcomes).length > 0,
  );
  if (here.length === 0) return undefined;
  const of = (slot: Slot): Scores => {
    const sums: Record<string, { answers: number; sum: number }> = {};
    for (const { outcomes } of here)
      for (const [name, outcome] of Object.entries(outcomes)) {
        const before = sums[name] ?? { answers: 0, sum: 0 };
        const { answers, sum } = outcome[slot];
        sums[name] = { answers: before.answers + answers, sum: before.sum + sum };
      }
    return sums;
  };
  return { stable: of('stable'), canary: of('canary') };
}
