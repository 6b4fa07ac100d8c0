import type { Arm } from './block.ts';
import { requireArm } from './block.ts';

/**
 * Odds ratios from a slight to a plain fault, closer together where a fault is plain: there a few requests decide, and what a mixture costs weighs
 * most. Beyond the last one, evidence comes as fast as its blocks.
 */
export const ODDS_RATIOS: readonly number[] = [1.5, 3, 6, 10, 15, 22, 32];

/** Where exp overflows; far beyond any threshold. */
const LARGEST = 700;

/**
 * Likelihood ratios that the canary's share of all events in a block is higher than its share of the traffic, one a hypothesised
 * odds ratio.
 *
 * Only where requests are independent: no incident of both versions can fool it, but under bursts of one version it
 * rolls back up to 83 % of good canaries.
 *
 * @param nullRatio the largest odds ratio that is still well, 1 by default
 *
 * Source: Lindon & Malek, NeurIPS 2022.
 */
export function conditionalFactors(
  canary: Arm,
  baseline: Arm,
  ratios: readonly number[] = ODDS_RATIOS,
  nullRatio = 1,
): number[] {
  requireArm('canary', canary);
  requireArm('baseline', baseline);
  const factors = new Array<number>(ratios.length).fill(1);
  const events = canary.events + baseline.events;
  if (canary.requests === 0 || baseline.requests === 0 || events === 0) return factors;
  const share = canary.requests / (canary.requests + baseline.requests);
  const well = Math.log1p((nullRatio - 1) * share);
  for (let i = 0; i < factors.length; i++) {
    const ratio = ratios[i] as number;
    const scale = Math.log1p((ratio * nullRatio - 1) * share) - well;
    factors[i] = Math.exp(Math.min(LARGEST, canary.events * Math.log(ratio) - events * scale));
  }
  return factors;
}
