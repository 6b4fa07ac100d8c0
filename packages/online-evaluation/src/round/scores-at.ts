import type { Slot } from '../answer.ts';
import type { LedgerRound } from './ledger.ts';

/** The score of each answer that was scored, by scorer. */
export type Scores = Readonly<Record<string, readonly number[]>>;

/** What the interval that begins at a time (ms epoch) carries to the judge; undefined: nothing. */
export function scoresAt(rounds: readonly LedgerRound[], interval: number): Record<Slot, Scores> | undefined {
  const here = rounds.filter(
    (round) => round.interval === interval && Object.keys(round.outcomes).length > 0,
  );
  if (here.length === 0) return undefined;
  const of = (slot: Slot): Scores => {
    const found: Record<string, number[]> = {};
    for (const { outcomes } of here)
      for (const [name, outcome] of Object.entries(outcomes))
        found[name] = [...(found[name] ?? []), ...outcome[slot].scores];
    return found;
  };
  return { stable: of('stable'), canary: of('canary') };
}
