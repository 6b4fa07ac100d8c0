import { binomialCdf, binomialMass } from '../distributions/binomial.ts';
import type { PairedCounts } from './counts.ts';
import { requirePairedCounts } from './counts.ts';

/**
 * McNemar's exact two-sided test of equal shares: min(1, 2 P(Bin(b + c, ½) <= min(b, c))), 1 without discordant pairs.
 *
 * It tests equality; a large p-value shows nothing about non-inferiority.
 */
export function mcnemarExact(counts: PairedCounts): number {
  requirePairedCounts(counts);
  const discordant = counts.gains + counts.losses;
  if (discordant === 0) return 1;
  return Math.min(1, 2 * binomialCdf(Math.min(counts.gains, counts.losses), discordant, 0.5));
}

/** The mid-p variant: the exact p-value less the probability of the smaller cell itself. Fagerland et al. (2013). */
export function mcnemarMidP(counts: PairedCounts): number {
  requirePairedCounts(counts);
  const discordant = counts.gains + counts.losses;
  if (discordant === 0) return 1;
  const smaller = Math.min(counts.gains, counts.losses);
  return Math.min(1, 2 * binomialCdf(smaller, discordant, 0.5) - binomialMass(smaller, discordant, 0.5));
}

/** One-sided exact test that the candidate is better (`gains` the larger) : P(Bin(b + c, ½) >= b). */
export function mcnemarSuperiority(counts: PairedCounts): number {
  requirePairedCounts(counts);
  const discordant = counts.gains + counts.losses;
  return discordant === 0 ? 1 : binomialCdf(counts.losses, discordant, 0.5);
}
