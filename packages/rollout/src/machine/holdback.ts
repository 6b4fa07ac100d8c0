import type { Policy } from '../policy/policy.ts';
import type { Rollout } from '../state/state.ts';

/** Control requests a minute that `auto` aims at. */
const CONTROL = 30;

/**
 * Percent of the traffic that stays on the old version at 100 %, so that an incident of both can be told from a fault of one.
 * `auto` is 1 to 5 % in steps of a half, about 30 requests a minute at the rate of the stage before.
 */
export function holdbackPercent(policy: Policy, requestsPerMinute: number): number {
  if (policy.kind !== 'sequential') return 0;
  if (policy.holdback !== 'auto') return policy.holdback;
  const wanted = requestsPerMinute > 0 ? (100 * CONTROL) / requestsPerMinute : 5;
  return Math.ceil(2 * Math.min(5, Math.max(1, wanted))) / 2;
}

/** Requests a minute of both versions in the current stage. */
export function rateOf({ totals, through, stages }: Rollout): number {
  const start = stages.at(-1)?.start;
  if (start === undefined || through === null || through <= start) return 0;
  return (totals.live.requests + totals.candidate.requests) / ((through - start) / 60_000);
}
