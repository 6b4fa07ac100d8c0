import type { Arm } from './block.ts';
import { requireArm } from './block.ts';
import { logSpaced } from './log-sum.ts';

/** Sixteen odds ratios from a slight to a plain fault. */
export const ODDS_RATIOS: readonly number[] = logSpaced(1.2, 60, 16);

/**
 * ln of the likelihood ratios that the canary's share of all events in a block is higher than its share of the traffic,
 * one a hypothesised odds ratio.
 *
 * Only where requests are independent: no incident of both versions can fool it, but under bursts of one version it
 * rolls back up to 83 % of good canaries.
 *
 * @param nullRatio the largest odds ratio that is still well, 1 by default
 *
 * Source: Lindon & Malek, NeurIPS 2022.
 */
export function conditionalLogFactors(
  canary: Arm,
  baseline: Arm,
  ratios: readonly number[] = ODDS_RATIOS,
  nullRatio = 1,
): number[] {
  requireArm('canary', canary);
  requireArm('baseline', baseline);
  const all = canary.requests + baseline.requests;
  const events = canary.events + baseline.events;
  if (canary.requests === 0 || baseline.requests === 0) return ratios.map(() => 0);
  const share = canary.requests / all;
  const scale = (ratio: number): number => Math.log1p((ratio - 1) * share);
  return ratios.map((ratio) => {
    const worse = ratio * nullRatio;
    return canary.events * Math.log(ratio) - events * (scale(worse) - scale(nullRatio));
  });
}
