import type { PairedCounts } from '../paired/counts.ts';
import { requirePairedCounts } from '../paired/counts.ts';
import { logSpaced, logSum } from './log-sum.ts';

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

/** A stake and the logarithm of the share of the wealth that is put on it. */
type Bet = { readonly stake: number; readonly logWeight: number };

/** How the wealth is shared among stakes, for a margin and a bet whose worst factor is 1 - λ `worst`. */
export type Bets = (margin: number, worst: number) => readonly Bet[];

/** The same for each stake: right for any truth, at a price for each stake that does not fit. */
export const evenBets: Bets = (_, worst) =>
  stakes(worst).map((stake) => ({ stake, logWeight: -Math.log(BETS) }));

const LIKELY_BETS = 12;
const LIKELY_SPREAD = 0.8;

/**
 * Most on the stakes that pay where a gate is asked in earnest: the best stake is the margin over the discordant share,
 * and that share lies around 5 to 30 %. Saves about an eighth of the items against `evenBets`.
 */
export const likelyBets: Bets = (margin, worst) => {
  const largest = CAUTION / worst;
  const centre = Math.max(0.05, Math.min(0.6, 7 * margin, largest));
  const all = logSpaced(Math.min(Math.max(margin, SMALLEST_BET / 2), largest / 4), largest, LIKELY_BETS);
  const logs = all.map((stake) => -0.5 * (Math.log(stake / centre) / LIKELY_SPREAD) ** 2);
  const total = logSum(logs);
  return all.map((stake, i) => ({ stake, logWeight: (logs[i] as number) - total }));
};

/**
 * Evidence for and against non-inferiority of paired 0/1 scores, valid at any look: approve or reject once it reaches
 * ln(1 / alpha). Only the counts so far are needed; items must arrive in a random order, whole clusters at a time.
 *
 * With the default `evenBets` K = mean over λ of (1 + λ(1 + m))^b (1 - λ(1 - m))^c (1 + λm)^(n - b - c), and its mirror image.
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024) 1-27.
 */
export function pairedEvidence(counts: PairedCounts, margin: number, bets: Bets = evenBets): PairedEvidence {
  requirePairedCounts(counts);
  if (!(margin >= 0 && margin < 1)) throw new RangeError(`margin must lie in [0, 1), got ${margin}`);
  const { gains, losses } = counts;
  const rest = counts.items - gains - losses;
  const wealth = (stake: number): number =>
    gains * Math.log1p(stake * (1 + margin)) +
    losses * Math.log1p(-stake * (1 - margin)) +
    rest * Math.log1p(stake * margin);
  return {
    logApprove: logSum(bets(margin, 1 - margin).map(({ stake, logWeight }) => logWeight + wealth(stake))),
    logReject: logSum(bets(margin, 1 + margin).map(({ stake, logWeight }) => logWeight + wealth(-stake))),
  };
}
