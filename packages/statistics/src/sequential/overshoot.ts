import { type Arm, requireArm } from './block.ts';
import { conditionalFactors, ODDS_RATIOS } from './conditional-binomial.ts';
import { type StartTimes, startWeight, unspentWeight } from './start-times.ts';

/** Below this a mass or a wealth at no event has lost its digits, and with it all that follow. */
const LEAST = 1e-250;
/** What is left of the law once the sums have all their digits. */
const REST = 1e-13;

/**
 * By how much the factors of {@link conditionalFactors} may be multiplied in this block because evidence over 1 / alpha is of no use: what a
 * plain likelihood ratio overshoots the threshold by is given to the outcomes that fall short of it. At least 1.
 *
 * Given all events of the block, the canary's are hypergeometric if the versions are alike, and fewer if it is better; `b` is such that the mean of
 * min(b x evidence, 1 / alpha) under that law is the evidence before the block. For the evidence to come the bound
 * "b x evidence up to c events, 1 / alpha beyond" holds at every c, so each c gives a valid b and the largest is the solution.
 *
 * @param state the bets before this block, one for each ratio
 * @param ratios odds ratios over 1
 *
 * Source: Fischer & Ramdas, "Improving Wald's (approximate) sequential probability ratio test by avoiding overshoot", arXiv:2410.16076 (2024).
 */
export function overshootBoost(
  state: StartTimes,
  canary: Arm,
  baseline: Arm,
  alpha: number,
  ratios: readonly number[] = ODDS_RATIOS,
): number {
  requireArm('canary', canary);
  requireArm('baseline', baseline);
  const events = canary.events + baseline.events;
  const most = 1 / alpha - unspentWeight({ ...state, blocks: state.blocks + 1 });
  const before = meanOf(state.wealth) + startWeight(state);
  if (canary.requests === 0 || events === 0 || events > baseline.requests || before >= most) return 1;
  const spare = baseline.requests - events;
  let mass = 1;
  for (let i = 0; i < events; i++)
    mass *= (baseline.requests - i) / (canary.requests + baseline.requests - i);
  // the wealth that no event of the canary's would leave; each event multiplies a bet by its ratio
  const none = conditionalFactors({ ...canary, events: 0 }, { ...baseline, events }, ratios).map(
    (f, i) => f * ((state.wealth[i] as number) + startWeight(state)),
  );
  if (mass < LEAST || none.some((wealth) => wealth < LEAST)) return 1;
  let [best, below, sum] = [1, 0, 0];
  const highest = Math.min(events, canary.requests);
  for (let k = 0; k <= highest && 1 - below > REST; k++) {
    const wealth = meanOf(none);
    if (wealth > most) break;
    below += mass;
    sum += mass * wealth;
    best = Math.max(best, (before - Math.max(0, 1 - below) * most) / sum);
    mass *= ((events - k) / (k + 1)) * ((canary.requests - k) / (spare + k + 1));
    ratios.forEach((ratio, i) => {
      none[i] = (none[i] as number) * ratio;
    });
  }
  return best;
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const x of values) sum += x;
  return sum / values.length;
}
