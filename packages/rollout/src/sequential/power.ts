import {
  aboveLimitLogFactors,
  binomialMass,
  binomialTail,
  conditionalLogFactors,
  LIMIT_STAKES,
  normalCdf,
  ODDS_RATIOS,
  SWAP_STAKES,
  swapLogFactors,
} from '@sluice/statistics';
import type { Block, Split } from './guard.ts';

/** Mean and variance of the ln wealth that each bet would have by now if the candidate had the fault. */
export interface Power {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

export const noPower = (): Power => ({ mean: [], variance: [] });

/** Counts that stand for Binomial(n, p), with their weights: all of a short law, the middles of equal parts of a long one. */
function points(n: number, p: number): { events: number; weight: number }[] {
  const mean = n * p;
  const reach = 4 * Math.sqrt(mean) + 4;
  const [low, high] = [Math.max(0, Math.floor(mean - reach)), Math.min(n, Math.ceil(mean + reach))];
  const step = Math.max(1, Math.ceil((high - low + 1) / 12));
  const result: { events: number; weight: number }[] = [];
  for (let k = low; k <= high; k += step) {
    const to = Math.min(k + step, high + 1);
    const weight = step === 1 ? binomialMass(k, n, p) : binomialTail(k, n, p) - binomialTail(to, n, p);
    if (weight > 1e-6) result.push({ events: Math.floor((k + to - 1) / 2), weight });
  }
  return result;
}

/** One more block as it was seen, with the candidate's events as the fault would make them. */
export function addPower(
  { mean, variance }: Power,
  { live, candidate }: Block,
  fault: number,
  limit: number,
  independent: boolean,
): Power {
  const { requests } = candidate;
  if (requests === 0 || live.requests === 0) return { mean, variance };
  const idle = live.events / live.requests > limit;
  const bets = (independent ? ODDS_RATIOS : SWAP_STAKES).length + LIMIT_STAKES.length;
  const first = new Array<number>(bets).fill(0);
  const second = new Array<number>(bets).fill(0);
  for (const { events, weight } of points(requests, fault)) {
    const arm = { requests, events };
    const compared = independent ? conditionalLogFactors(arm, live) : swapLogFactors(arm, live);
    const limited =
      limit < 1 && !idle ? aboveLimitLogFactors(events / requests, limit) : LIMIT_STAKES.map(() => 0);
    [...compared, ...limited].forEach((log, i) => {
      first[i] = (first[i] as number) + weight * log;
      second[i] = (second[i] as number) + weight * log * log;
    });
  }
  return {
    mean: first.map((m, i) => m + (mean[i] ?? 0)),
    variance: first.map((m, i) => Math.max(0, (second[i] as number) - m * m) + (variance[i] ?? 0)),
  };
}

/** The chance that the best single bet of the comparison or of the limit would have crossed by now. */
export function powerNow({ mean, variance }: Power, split: Split, independent: boolean): number {
  if (mean.length === 0) return 0;
  const compared = (independent ? ODDS_RATIOS : SWAP_STAKES).length;
  let best = 0;
  mean.forEach((m, i) => {
    const alpha = i < compared ? (independent ? split.beside : split.swap) : split.limit;
    if (alpha <= 0) return;
    const bets = i < compared ? compared : LIMIT_STAKES.length;
    // half of the weight starts at the first block, divided over the bets
    const needed = Math.log((2 * bets) / alpha);
    const spread = Math.sqrt(variance[i] as number);
    best = Math.max(best, spread > 0 ? normalCdf((m - needed) / spread) : Number(m >= needed));
  });
  return best;
}
