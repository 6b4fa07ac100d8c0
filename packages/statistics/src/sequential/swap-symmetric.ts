import { lnChoose } from '../distributions/gamma.ts';
import type { Arm } from './block.ts';
import { requireArm } from './block.ts';

/** Stakes that share the evidence between small and large differences. */
export const SWAP_STAKES: readonly number[] = [0.1, 0.25, 0.5, 0.75, 0.9, 0.97];

/** (fixed - k) / (fixed + k), 0 where both are. */
function contrast(fixed: number, k: number): number {
  return fixed + k === 0 ? 0 : (fixed - k) / (fixed + k);
}

/** Up to so many events the hypergeometric masses are walked up from 0, which needs no logarithm. */
const FEW_EVENTS = 60;

/** Mean of (fixed - thinned) / (fixed + thinned) over thinning the larger arm to the smaller one's requests. */
function meanContrast(fixed: number, larger: Arm, draws: number): number {
  const others = larger.requests - larger.events;
  const ratio = (k: number): number =>
    ((larger.events - k) * (draws - k)) / ((k + 1) * (others - draws + k + 1));
  const highest = Math.min(draws, larger.events);
  if (larger.events <= FEW_EVENTS && draws <= others) {
    let mass = 1;
    for (let i = 0; i < larger.events; i++)
      mass *= (others + larger.events - draws - i) / (larger.requests - i);
    if (mass > 1e-250) {
      let sum = mass * contrast(fixed, 0);
      for (let k = 0; k < highest; k++) {
        mass *= ratio(k);
        sum += mass * contrast(fixed, k + 1);
      }
      return sum;
    }
  }
  const lowest = Math.max(0, draws - others);
  const peak = Math.floor(((draws + 1) * (larger.events + 1)) / (larger.requests + 2));
  const mode = Math.min(highest, Math.max(lowest, peak));
  const atMode = Math.exp(
    lnChoose(larger.events, mode) + lnChoose(others, draws - mode) - lnChoose(larger.requests, draws),
  );
  let sum = atMode * contrast(fixed, mode);
  let mass = atMode;
  for (let k = mode; k < highest && mass > 1e-17; k++) {
    mass *= ratio(k);
    sum += mass * contrast(fixed, k + 1);
  }
  mass = atMode;
  for (let k = mode; k > lowest && mass > 1e-17; k--) {
    mass /= ratio(k - 1);
    sum += mass * contrast(fixed, k - 1);
  }
  return sum;
}

/**
 * How much worse the canary's block is than the baseline's, in [-1, 1]: (k_c - k_s) / (k_c + k_s) after thinning the
 * larger arm to the smaller one's number of requests, averaged over all ways of thinning, so without a draw.
 *
 * If both versions are alike the two thinned counts may be swapped, whatever the requests of one block have in common:
 * the mean is 0 under bursts of one version and incidents of both, as long as a block is longer than a burst.
 */
export function swapContrast(canary: Arm, baseline: Arm): number {
  requireArm('canary', canary);
  requireArm('baseline', baseline);
  if (canary.requests === 0 || baseline.requests === 0) return 0;
  if (canary.events + baseline.events === 0) return 0;
  const mean =
    canary.requests <= baseline.requests
      ? meanContrast(canary.events, baseline, canary.requests)
      : -meanContrast(baseline.events, canary, baseline.requests);
  // Rounding must not carry a stake past what there is to lose.
  return Math.max(-1, Math.min(1, mean));
}

/** The factors 1 + λh, for `stepStartTimes`. */
export function swapFactors(canary: Arm, baseline: Arm, stakes: readonly number[] = SWAP_STAKES): number[] {
  const contrast = swapContrast(canary, baseline);
  const factors = new Array<number>(stakes.length);
  for (let i = 0; i < factors.length; i++) factors[i] = 1 + (stakes[i] as number) * contrast;
  return factors;
}
