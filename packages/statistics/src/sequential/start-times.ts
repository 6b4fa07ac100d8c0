import { requireCount } from '../arguments.ts';
import { logSum } from './log-sum.ts';

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
  /** ln of the wealth of each bet, over all its starts so far. */
  readonly logWealth: readonly number[];
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
  return { horizon, blocks: 0, atFirst, logWealth: new Array<number>(bets).fill(NOTHING) };
}

/** ln of no wealth at all: finite, because JSON knows no infinity. */
const NOTHING = -1e6;

function startWeight({ blocks, horizon, atFirst }: StartTimes): number {
  if (blocks >= horizon) return 0;
  return (1 - atFirst) / horizon + (blocks === 0 ? atFirst : 0);
}

function logAdd(a: number, b: number): number {
  const high = Math.max(a, b, NOTHING);
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/**
 * One more block: wealth <- (wealth + start weight) x factor.
 *
 * @param logFactors ln of each bet's factor; its mean over the null must not exceed 1. `-Infinity` loses that bet.
 *
 * Source: mixtures of e-processes over change times, Shin, Ramdas & Rinaldo, "E-detectors", NEJSDS (2024).
 */
export function stepStartTimes(state: StartTimes, logFactors: readonly number[]): StartTimes {
  if (logFactors.length !== state.logWealth.length) {
    throw new RangeError(`${logFactors.length} factors for ${state.logWealth.length} bets`);
  }
  const fresh = Math.log(startWeight(state));
  const logWealth = state.logWealth.map((log, i) =>
    Math.max(NOTHING, logAdd(log, fresh) + (logFactors[i] as number)),
  );
  return { ...state, blocks: state.blocks + 1, logWealth };
}

/** ln E: the mean wealth of the bets and the weight that has not started yet. Act once it reaches ln(1 / alpha). */
export function startTimesEvidence(state: StartTimes): number {
  const left = Math.max(0, state.horizon - state.blocks) / state.horizon;
  const unspent = state.blocks === 0 ? 1 : (1 - state.atFirst) * left;
  const count = Math.log(state.logWealth.length);
  return logAdd(logSum(state.logWealth) - count, Math.log(unspent));
}
