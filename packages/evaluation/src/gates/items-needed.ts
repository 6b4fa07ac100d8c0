import { itemsToProveLimit, planQuantiles, type TestPlan } from '@sluice/statistics';
import { type GateSpec, ruleOf } from './document.ts';
import type { Evidence } from './evidence.ts';
import type { Power } from './outcome.ts';
import { countable } from './power.ts';

const UNKNOWN: Power = { detectable: null, provable: null, itemsNeeded: null, chance: null };

/**
 * How many items would decide a gate that these have not. Where the planning formula names no more than there are (it knows nothing of
 * exact tails, small samples and bets), or knows nothing, the interval that did not suffice is scaled instead: it narrows with the
 * square root of the items, from what it is to what the wanted power takes.
 */
export function powerOfUndecided(gate: GateSpec, evidence: Evidence, plan: TestPlan): Power | null {
  const { power, n } = evidence;
  if (evidence.verdict.kind !== 'prove' || (power && power.itemsNeeded !== null && power.itemsNeeded > n))
    return power;
  const bounds =
    ruleOf(gate) === 'equivalent-to'
      ? [-(gate.margin as number), gate.margin as number]
      : [evidence.threshold];
  const needs = bounds.map((bound) => neededFor(gate, evidence, bound, plan));
  const known = needs.filter((need) => need !== null);
  return { ...(power ?? UNKNOWN), itemsNeeded: known.length < needs.length ? null : Math.max(...known) };
}

function neededFor(
  gate: GateSpec,
  { estimate, interval, n }: Evidence,
  bound: number,
  plan: TestPlan,
): number | null {
  if (estimate === null || !interval || n === 0) return null;
  const rare =
    estimate === 0
      ? gate['at-most']
      : estimate === 1 && gate['at-least'] !== undefined
        ? 1 - gate['at-least']
        : undefined;
  if (rare !== undefined && rare > 0 && rare < 1) return itemsToProveLimit(rare, 0, 1 - plan.alpha);
  const distance = Math.abs(estimate - bound);
  if (!(distance > 0)) return null;
  const width = bound < estimate ? estimate - interval.lower : interval.upper - estimate;
  const { z, zPower } = planQuantiles(plan);
  const needed = countable(n * (width / distance) ** 2 * ((z + zPower) / z) ** 2);
  return needed === null ? null : Math.max(n + 1, needed);
}
