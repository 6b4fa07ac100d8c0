import type { PairedCounts } from '../paired/counts.ts';
import { clopperPearsonUpper } from './clopper-pearson.ts';

/**
 * The exact one-sided upper bound of the discordant share. Ten identical pairs at alpha 0.05 give 25.9 %, forty give
 * 7.2 %: no smaller margin can be proven by them.
 */
export function discordanceUpperBound(counts: PairedCounts, alpha: number): number {
  return clopperPearsonUpper(counts.gains + counts.losses, counts.items, alpha);
}
