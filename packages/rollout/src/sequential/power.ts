import {
  aboveLimitFactors,
  binomialMass,
  binomialTail,
  conditionalFactors,
  LIMIT_STAKES,
  normalCdf,
  ODDS_RATIOS,
  SWAP_STAKES,
  swapFactors,
} from '@sluice/statistics';
import type { Block, Power, Split } from './guard-evidence.ts';

/** Chance with which a fault worth finding must have been found before the last stage. */
export const POWER = 0.9;

export const noPower = (): Power => ({ mean: [], variance: [], enough: false });

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
  power: Power,
  { live, candidate }: Block,
  fault: number,
  limit: number,
  split: Split,
  independent: boolean,
): Power {
  const { requests } = candidate;
  if (power.enough || requests === 0 || live.requests === 0) return power;
  const compare = independent ? conditionalFactors : swapFactors;
  const bets = (independent ? ODDS_RATIOS : SWAP_STAKES).length + LIMIT_STAKES.length;
  const first = new Array<number>(bets).fill(0);
  const second = new Array<number>(bets).fill(0);
  const add = (i: number, weight: number, log: number) => {
    first[i] = (first[i] as number) + weight * log;
    second[i] = (second[i] as number) + weight * log * log;
  };
  const limited = limit < 1 && live.events / live.requests <= limit;
  for (const { events, weight } of points(requests, fault)) {
    const compared = compare({ requests, events }, live);
    compared.forEach((f, i) => {
      add(i, weight, Math.log(f));
    });
    if (limited)
      aboveLimitFactors(events / requests, limit).forEach((f, i) => {
        add(compared.length + i, weight, Math.log(f));
      });
  }
  const mean = first.map((m, i) => m + (power.mean[i] ?? 0));
  const variance = first.map((m, i) => Math.max(0, (second[i] as number) - m * m) + (power.variance[i] ?? 0));
  const enough = powerNow({ mean, variance, enough: false }, split, independent) >= POWER;
  return { mean, variance, enough };
}

/** The chance that the best single bet of the comparison or of the limit would have crossed by now. */
export function powerNow({ mean, variance, enough }: Power, split: Split, independent: boolean): number {
  if (enough) return 1;
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
