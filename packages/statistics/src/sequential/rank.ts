import { betaCdf } from '../distributions/beta.ts';
import type { Arm } from './block.ts';
import { requireArm } from './block.ts';

/** The baseline's past blocks: distinct event shares, and how many blocks had each. */
export type BlockHistory = { readonly shares: readonly number[]; readonly counts: readonly number[] };

/** The rank p-value of a block: uniform between its two ends, since counts tie. */
export type RankPValue = { readonly low: number; readonly high: number };

/** No block of the past, however scaled, is taken to fail more often than this. */
const LARGEST_SHARE = 0.95;

/** Sums up past blocks of the same length. Blocks without requests say nothing and are left out. */
export function blockHistory(blocks: readonly Arm[]): BlockHistory {
  const tally = new Map<number, number>();
  for (const block of blocks) {
    requireArm('past', block);
    if (block.requests === 0) continue;
    const share = block.events / block.requests;
    tally.set(share, (tally.get(share) ?? 0) + 1);
  }
  const shares = [...tally.keys()].sort((a, b) => a - b);
  return { shares, counts: shares.map((share) => tally.get(share) as number) };
}

/** Up to so many events the masses are summed, which is ten times as fast as two incomplete beta functions. */
const FEW_EVENTS = 40;

/** P(Bin(n, share) >= events) and P(Bin(n, share) > events), to 1e-14 absolute. */
function tails({ requests, events }: Arm, share: number): readonly [number, number] {
  const none = Math.exp(requests * Math.log1p(-share));
  if (events <= FEW_EVENTS && none > 1e-250) {
    const odds = share / (1 - share);
    let mass = none;
    let below = 0;
    for (let k = 0; k < events; k++) {
      below += mass;
      mass *= ((requests - k) / (k + 1)) * odds;
    }
    return [Math.max(0, 1 - below), Math.max(0, 1 - below - mass)];
  }
  const atLeast = events === 0 ? 1 : betaCdf(share, events, requests - events + 1);
  return [atLeast, events >= requests ? 0 : betaCdf(share, events + 1, requests - events)];
}

/**
 * How unusual the canary's block is among the baseline's own past blocks: each is thinned to the canary's requests and
 * scaled by the baseline's level now, and the canary's block itself counts as one of them (conformal + 1).
 *
 * @param level the baseline's event share now over that of its history, at least 1
 *
 * Source: Vovk, Gammerman & Shafer, "Algorithmic Learning in a Random World" (2005), ch. 2, for the randomised rank.
 */
export function rankPValue(canary: Arm, history: BlockHistory, level = 1): RankPValue {
  requireArm('canary', canary);
  if (!(level >= 1)) throw new RangeError(`level must be at least 1, got ${level}`);
  let atLeast = 0;
  let above = 0;
  let blocks = 0;
  for (let i = 0; i < history.shares.length; i++) {
    const share = Math.min(LARGEST_SHARE, (history.shares[i] as number) * level);
    const count = history.counts[i] as number;
    blocks += count;
    const [reached, exceeded] = tails(canary, share);
    atLeast += count * reached;
    above += count * exceeded;
  }
  return { low: above / (blocks + 1), high: (atLeast + 1) / (blocks + 1) };
}

/** A bet that p is under `threshold`, with `stake` of the wealth. */
export type RankBet = { readonly threshold: number; readonly stake: number };

/** Ten bets on small p-values. */
export const RANK_BETS: readonly RankBet[] = [0.1, 0.03, 0.01, 0.003, 0.001].flatMap((threshold) =>
  [0.15, 0.5].map((stake) => ({ threshold, stake })),
);

/**
 * The factors 1 - a + (a / τ) P(p < τ), the chance taken over the ties: the mean of the randomised bet, as valid
 * and without a draw.
 *
 * Source: calibrators of p-values to e-values, Vovk & Wang, Annals of Statistics 49 (2021) 1736-1754.
 */
export function rankFactors({ low, high }: RankPValue, bets: readonly RankBet[] = RANK_BETS): number[] {
  const factors = new Array<number>(bets.length);
  for (let i = 0; i < factors.length; i++) {
    const { threshold, stake } = bets[i] as RankBet;
    const under =
      high > low ? Math.min(1, Math.max(0, (threshold - low) / (high - low))) : Number(low < threshold);
    factors[i] = 1 - stake + (stake / threshold) * under;
  }
  return factors;
}
