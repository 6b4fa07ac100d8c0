import { requireCount } from '../arguments.ts';

/**
 * Paired 0/1 scores of a candidate and a baseline, reduced to what the tests need.
 *
 * `gains` (b): candidate right, baseline wrong. `losses` (c): the reverse. The rest of `items` (n) agree.
 */
export type PairedCounts = { readonly items: number; readonly gains: number; readonly losses: number };

/** Throws a RangeError unless the counts are whole and fit in the items. */
export function requirePairedCounts({ items, gains, losses }: PairedCounts): void {
  requireCount('items', items, 1);
  requireCount('gains', gains);
  requireCount('losses', losses);
  if (gains + losses > items) throw new RangeError(`${gains} gains and ${losses} losses in ${items} items`);
}

/** The difference of the two shares, (b - c) / n. */
export function pairedDifference(counts: PairedCounts): number {
  requirePairedCounts(counts);
  return (counts.gains - counts.losses) / counts.items;
}

/** Counts from item scores that are each 0 or 1, in the same order on both sides. */
export function countPairs(candidate: ArrayLike<number>, baseline: ArrayLike<number>): PairedCounts {
  if (candidate.length !== baseline.length) {
    throw new RangeError(`${candidate.length} candidate scores against ${baseline.length} baseline scores`);
  }
  let gains = 0;
  let losses = 0;
  for (let i = 0; i < candidate.length; i++) {
    const a = candidate[i] as number;
    const b = baseline[i] as number;
    if ((a !== 0 && a !== 1) || (b !== 0 && b !== 1)) {
      throw new RangeError(`pair ${i} is not 0/1: ${a} and ${b}`);
    }
    if (a > b) gains++;
    else if (b > a) losses++;
  }
  return { items: candidate.length, gains, losses };
}
