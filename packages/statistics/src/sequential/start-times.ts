import { requireCount } from '../arguments.ts';

/** Evidence beyond any threshold, and a number that JSON can hold. */
const MOST = 1e300;

/**
 * Evidence of several bets, each started anew at every block with a little of the weight, so that a fault that comes
 * late need not first undo what was lost before it. Plain numbers: it can be stored between looks.
 */
export type StartTimes = {
  /** Blocks over which the start weight is spread. */
  readonly horizon: number;
  readonly blocks: number;
  /** Share of the weight that starts at the first block. */
  readonly atFirst: number;
  /** Wealth of each bet, over all its starts so far; finite. */
  readonly wealth: readonly number[];
};

/**
 * No evidence yet.
 *
 * @param bets    how many bets run beside each other, equally weighted
 * @param horizon blocks in the whole plan; a start after them has no weight
 * @param atFirst share of the weight at the first block, the rest is spread evenly; 1 is a plain mixture
 */
export function startTimes(bets: number, horizon: number, atFirst = 0.5): StartTimes {
  requireCount('bets', bets, 1);
  requireCount('horizon', horizon, 1);
  if (!(atFirst >= 0 && atFirst <= 1)) throw new RangeError(`atFirst must lie in [0, 1], got ${atFirst}`);
  return { horizon, blocks: 0, atFirst, wealth: new Array<number>(bets).fill(0) };
}

/** What each bet is given before the next block. */
export function startWeight({ blocks, horizon, atFirst }: StartTimes): number {
  if (blocks >= horizon) return 0;
  return (1 - atFirst) / horizon + (blocks === 0 ? atFirst : 0);
}

/**
 * One more block: wealth <- (wealth + start weight) x factor.
 *
 * @param factors each bet's factor; its mean over the null must not exceed 1. 0 loses that bet.
 * @param most    wealth beyond which a bet keeps nothing
 *
 * Source: mixtures of e-processes over change times, Shin, Ramdas & Rinaldo, "E-detectors", NEJSDS (2024).
 */
export function stepStartTimes(state: StartTimes, factors: readonly number[], most = MOST): StartTimes {
  const { horizon, blocks, atFirst, wealth } = state;
  if (factors.length !== wealth.length) {
    throw new RangeError(`${factors.length} factors for ${wealth.length} bets`);
  }
  const fresh = startWeight(state);
  const next = new Array<number>(wealth.length);
  for (let i = 0; i < next.length; i++) {
    const grown = ((wealth[i] as number) + fresh) * (factors[i] as number);
    next[i] = grown < most ? grown : most;
  }
  return { horizon, blocks: blocks + 1, atFirst, wealth: next };
}

/** What has not started after these blocks. */
export const unspentWeight = ({ horizon, blocks, atFirst }: StartTimes): number =>
  blocks === 0 ? 1 : ((1 - atFirst) * Math.max(0, horizon - blocks)) / horizon;

/** ln E: the mean wealth of the bets and the weight that has not started yet. Act once it reaches ln(1 / alpha). */
export function startTimesEvidence(state: StartTimes): number {
  let sum = 0;
  for (const w of state.wealth) sum += w;
  return Math.log(Math.max(sum / state.wealth.length + unspentWeight(state), 1 / MOST));
}
