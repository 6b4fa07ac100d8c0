import {
  clopperPearsonLower,
  clopperPearsonUpper,
  mcnemarSuperiority,
  normalSurvival,
  type PairedCounts,
  shareAboveLimit,
  shareBelowLimit,
  tangoExactAbove,
  tangoExactLowerBound,
  tangoInterval,
  tangoStatistic,
} from '@sluice/statistics';
import type { Test } from './test.ts';

/** Up to so many items Tango's tail is taken exactly; above, its size is within 0.1 points of the level. */
const EXACT_ITEMS = 5000;

/** A margin that is no margin: Tango's square roots underflow there, and would prove it. */
const NOTHING = 1e-12;

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
    // some thirty tails, so only where it is looked at
    get interval() {
      return { lower: lowerBound(counts, alpha, exact), upper: -lowerBound(mirrored, alpha, exact) };
    },
    above: (bound) => sharesAbove(counts, bound, exact),
    below: (bound) => sharesAbove(mirrored, -bound, exact),
    itemVariance: (gains + losses) / items - estimate ** 2,
  };
}

function sharesAbove(counts: PairedCounts, bound: number, exact: boolean): number {
  if (Math.abs(bound) < NOTHING) return mcnemarSuperiority(counts);
  if (bound <= -1) return 0;
  if (bound >= 1) return 1;
  return exact ? tangoExactAbove(counts, bound) : normalSurvival(tangoStatistic(counts, bound));
}

/** The difference above which the tests show the truth to be: the tail inverted, and McNemar's word at 0, where it decides. */
function lowerBound(counts: PairedCounts, alpha: number, exact: boolean): number {
  // the exact tail of identical pairs is (1 - margin)^n
  if (exact && counts.gains + counts.losses === 0) return alpha ** (1 / counts.items) - 1;
  const bound = exact ? tangoExactLowerBound(counts, alpha) : tangoInterval(counts, 1 - 2 * alpha).lower;
  return mcnemarSuperiority(counts) <= alpha ? Math.max(0, bound) : Math.min(0, bound);
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
