import {
  detectableMean,
  itemsForMean,
  marginFor,
  nonInferiorityPower,
  type TestPlan,
} from '@sluice/statistics';
import type { Power } from './outcome.ts';

/** What a comparison is asked, oriented so that a higher difference is better. */
export interface Asked {
  readonly items: number;
  /** Variance of one item's difference. */
  readonly variance: number;
  /** The observed difference. */
  readonly difference: number;
  /** The null: minus the margin, 0 for a superiority. */
  readonly bound: number;
  readonly plan: TestPlan;
}

/**
 * What so many items can show, by the normal approximation that sample sizes are planned with. Without any spread in
 * the data the exact bound of identical pairs takes its place.
 */
export function powerOf({ items, variance, difference, bound, plan }: Asked): Power {
  if (!(variance > 0)) return powerWithoutSpread(items, bound, plan);
  const distance = Math.abs(difference - bound);
  return {
    detectable: detectableMean(items, variance, plan),
    provable: marginFor(items, variance, plan),
    itemsNeeded: distance > 0 ? countable(itemsForMean(variance, distance, plan)) : null,
    chance:
      bound < 0
        ? nonInferiorityPower(items, { discordance: variance, difference: 0 }, -bound, plan.alpha)
        : null,
  };
}

function powerWithoutSpread(items: number, bound: number, plan: TestPlan): Power {
  const provable = 1 - plan.alpha ** (1 / items);
  const needed = bound < 0 && bound > -1 ? countable(Math.log(plan.alpha) / Math.log1p(bound)) : null;
  return {
    detectable: provable,
    provable,
    itemsNeeded: needed,
    chance: bound < 0 ? Number(provable <= -bound) : null,
  };
}

/** A number of items, rounded up; null where it is beyond all counting. */
export function countable(items: number): number | null {
  const count = Math.ceil(items);
  return Number.isSafeInteger(count) ? count : null;
}
