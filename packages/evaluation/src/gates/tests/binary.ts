import {
  clopperPearsonLower,
  clopperPearsonUpper,
  mcnemarSuperiority,
  normalSurvival,
  type PairedCounts,
  shareAboveLimit,
  shareBelowLimit,
  tangoExactLowerBound,
  tangoExactNonInferiority,
  tangoExactUpperBound,
  tangoInterval,
  tangoStatistic,
} from '@sluice/statistics';
import type { Test } from './test.ts';

/** Up to so many items Tango's tail is taken exactly; above, its size is within 0.1 points of the level. */
const EXACT_ITEMS = 5000;
/** Up to so many items the interval too is inverted from the exact tail; above, Tango's own differs from it by under 0.001. */
const EXACT_INTERVAL_ITEMS = 200;

/** Paired 0/1 scores: exact McNemar against no difference, Tango's score test against a margin. */
export function pairedShares(counts: PairedCounts, alpha: number): Test {
  const { items, gains, losses } = counts;
  const mirrored: PairedCounts = { items, gains: losses, losses: gains };
  const exact = items <= EXACT_ITEMS;
  const estimate = (gains - losses) / items;
  return {
    kind: 'test',
    name: exact
      ? 'exact McNemar; Tango with its exact tail for a margin'
      : "exact McNemar; Tango's score test for a margin",
    estimate,
    get interval() {
      if (items > EXACT_INTERVAL_ITEMS) return tangoInterval(counts, 1 - 2 * alpha);
      return { lower: tangoExactLowerBound(counts, alpha), upper: tangoExactUpperBound(counts, alpha) };
    },
    above: (bound) => sharesAbove(counts, bound, exact),
    below: (bound) => sharesAbove(mirrored, -bound, exact),
    itemVariance: (gains + losses) / items - estimate ** 2,
  };
}

function sharesAbove(counts: PairedCounts, bound: number, exact: boolean): number {
  if (bound === 0) return mcnemarSuperiority(counts);
  if (bound <= -1) return 0;
  if (bound >= 1) return 1;
  const asymptotic = normalSurvival(tangoStatistic(counts, bound));
  // the exact tail is the larger of the two wherever the asymptotic size exceeds its level
  return exact && bound < 0 ? Math.max(asymptotic, tangoExactNonInferiority(counts, -bound)) : asymptotic;
}

/** A share of one side: exact binomial bounds (Clopper-Pearson). */
export function oneShare(events: number, items: number, alpha: number): Test {
  const share = events / items;
  return {
    kind: 'test',
    name: 'exact binomial (Clopper-Pearson)',
    estimate: share,
    interval: {
      lower: clopperPearsonLower(events, items, alpha),
      upper: clopperPearsonUpper(events, items, alpha),
    },
    above: (bound) => (bound < 0 ? 0 : bound >= 1 ? 1 : shareAboveLimit(events, items, bound)),
    below: (bound) => (bound > 1 ? 0 : bound <= 0 ? 1 : shareBelowLimit(events, items, bound)),
    itemVariance: share * (1 - share),
  };
}
