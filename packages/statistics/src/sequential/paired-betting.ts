import type { PairedCounts } from '../paired/counts.ts';
import { requirePairedCounts } from '../paired/counts.ts';
import { logMean, logSpaced } from './log-sum.ts';

const BETS = 24;
const SMALLEST_BET = 0.01;
/** Bets stop short of losing everything on one item. */
const CAUTION = 0.98;

/** ln of the evidence that the difference is above -margin, and that it is below. */
export type PairedEvidence = { readonly logApprove: number; readonly logReject: number };

/** The stakes λ of a bet whose worst factor is 1 - λ `worst`. */
export function stakes(worst: number): number[] {
  return logSpaced(SMALLEST_BET, CAUTION / worst, BETS);
}

/**
 * Evidence for and against non-inferiority of paired 0/1 scores, valid at any look: approve or reject once it reaches
 * ln(1 / alpha). Only the counts so far are needed; items must arrive in a random order, whole clusters at a time.
 *
 * K = mean over λ of (1 + λ(1 + m))^b (1 - λ(1 - m))^c (1 + λm)^(n - b - c), and its mirror image.
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024) 1-27.
 */
export function pairedEvidence(counts: PairedCounts, margin: number): PairedEvidence {
  requirePairedCounts(counts);
  if (!(margin >= 0 && margin < 1)) throw new RangeError(`margin must lie in [0, 1), got ${margin}`);
  const { gains, losses } = counts;
  const rest = counts.items - gains - losses;
  const wealth = (stake: number): number =>
    gains * Math.log1p(stake * (1 + margin)) +
    losses * Math.log1p(-stake * (1 - margin)) +
    rest * Math.log1p(stake * margin);
  return {
    logApprove: logMean(stakes(1 - margin).map(wealth)),
    logReject: logMean(stakes(1 + margin).map((stake) => wealth(-stake))),
  };
}
