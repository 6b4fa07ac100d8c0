import type { Arm } from '@sluice/statistics';
import { type Counts, type Histogram, quantile } from '../observations/minute.ts';
import { type GuardName, guardNames, type SequentialPolicy } from '../policy/policy.ts';

type SlowGuard = 'latency' | 'ttft' | 'tpot';

export const isSlowGuard = (guard: GuardName): guard is SlowGuard =>
  guard !== 'errors' && guard !== 'invalid';

/** Requests of the live version that a P99 is taken from. */
const ENOUGH = 1000;

/**
 * What a guard counts in an interval: failed, invalid, or slower than `threshold` ms; nothing where it was not measured. Slow
 * requests need a bucket that ends exactly at the threshold, so that the count is whole.
 */
export function eventsOf(guard: GuardName, counts: Counts, threshold: number | null): Arm | undefined {
  const { requests } = counts;
  if (requests === 0) return { requests: 0, events: 0 };
  if (guard === 'errors') return { requests: Math.round(requests), events: Math.round(counts.errors) };
  if (guard === 'invalid')
    return counts.invalid === undefined
      ? undefined
      : { requests: Math.round(requests), events: Math.round(counts.invalid) };
  const histogram = counts[guard];
  if (!histogram || threshold === null) return undefined;
  const at = histogram.bounds.indexOf(threshold);
  if (at < 0) return undefined;
  const total = Math.round(totalOf(histogram, requests));
  return { requests: total, events: Math.max(0, total - Math.round(histogram.cumulative[at] as number)) };
}

/** Requests that were timed: all of a histogram that ends at Infinity, else all requests. */
const totalOf = ({ bounds, cumulative }: Histogram, requests: number): number =>
  bounds.at(-1) === Number.POSITIVE_INFINITY ? (cumulative.at(-1) as number) : requests;

/** The bucket bound from which on a request counts as slow: the first at or over `times` the P99 of the live version so far. */
export function slowThreshold(histogram: Histogram | null, requests: number, times: number): number | null {
  if (!histogram || requests < ENOUGH) return null;
  const p99 = quantile(0.99, histogram, requests);
  if (p99 === undefined || !Number.isFinite(p99)) return null;
  return histogram.bounds.find((bound) => bound >= times * p99 && Number.isFinite(bound)) ?? null;
}

/** How alpha is split: half for errors, the rest evenly over the others. */
export function alphaShares(policy: SequentialPolicy, judged: readonly GuardName[]): Map<GuardName, number> {
  const guards = guardNames.filter((g) => policy.guards.includes(g) && judged.includes(g));
  const others = guards.filter((g) => g !== 'errors').length;
  const first = others === guards.length ? 0 : others === 0 ? 1 : 0.5;
  return new Map(
    guards.map((g) => [g, policy.alpha * (g === 'errors' ? first : (1 - first) / Math.max(1, others))]),
  );
}
