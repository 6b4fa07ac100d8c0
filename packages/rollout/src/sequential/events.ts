import { duration } from '@sluice/contract';
import type { Arm } from '@sluice/statistics';
import { type Counts, type Histogram, quantile } from '../observations/minute.ts';
import { type GuardName, guardNames } from '../policy/guards.ts';
import type { SequentialPolicy } from '../policy/policy.ts';

/** Guards of a P99 against the live version's. */
export type SlowGuard = 'latency' | 'ttft' | 'tpot';

export const isSlowGuard = (guard: GuardName): guard is SlowGuard =>
  guard === 'latency' || guard === 'ttft' || guard === 'tpot';

/** The histogram that a guard counts in; nothing where it needs none. */
export const histogramOf = (guard: GuardName): SlowGuard | undefined =>
  isSlowGuard(guard) ? guard : guard === 'slow' ? 'latency' : undefined;

/** Whether answers may take so long that the fault which must have been found is none. */
export const allowsFault = ({ detect, latency, guards }: SequentialPolicy): boolean =>
  guards.includes('latency') && detect['latency-times'] <= latency.times;

/** The share guards that a policy asks for. */
export const guardsOf = (policy: SequentialPolicy): GuardName[] =>
  guardNames.filter((g) => (g === 'slow' ? policy.slow !== undefined : policy.guards.includes(g)));

/** Requests of the live version that a P99 is taken from. */
export const ENOUGH_FOR_P99 = 1000;

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
  const histogram = counts[histogramOf(guard) as SlowGuard];
  if (!histogram || threshold === null) return undefined;
  const at = histogram.bounds.indexOf(threshold);
  if (at < 0) return undefined;
  const total = Math.round(totalOf(histogram, requests));
  return { requests: total, events: Math.max(0, total - Math.round(histogram.cumulative[at] as number)) };
}

/** Requests that were timed: all of a histogram that ends at Infinity, else all requests. */
const totalOf = ({ bounds, cumulative }: Histogram, requests: number): number =>
  bounds.at(-1) === Number.POSITIVE_INFINITY ? (cumulative.at(-1) as number) : requests;

/**
 * The bucket bound from which on a request counts as slow: the first at or over the policy's limit, or over `times` the P99 of the live version
 * so far.
 */
export function thresholdOf(
  guard: GuardName,
  policy: SequentialPolicy,
  { latency, requests }: { latency: Histogram | null; requests: number },
): number | null {
  if (guard === 'slow' && policy.slow) return boundFrom(latency, duration.parse(policy.slow.above));
  if (!isSlowGuard(guard) || !latency || requests < ENOUGH_FOR_P99) return null;
  const p99 = quantile(0.99, latency, requests);
  if (p99 === undefined || !Number.isFinite(p99)) return null;
  return boundFrom(latency, policy[guard].times * p99);
}

const boundFrom = (histogram: Histogram | null, ms: number): number | null =>
  histogram?.bounds.find((bound) => bound >= ms && Number.isFinite(bound)) ?? null;

/** What is tested beside the share guards, each by its name in the policy. */
export const furtherNames = ({ 'token-rate': tokens, scores = {} }: SequentialPolicy): string[] => [
  ...(tokens ? ['token-rate'] : []),
  ...Object.keys(scores).map(scoreName),
];

export const scoreName = (metric: string): string => `score ${metric}`;

/** How alpha is split: half for errors, the rest evenly over the others. */
export function alphaShares(policy: SequentialPolicy, judged: readonly GuardName[]): Map<string, number> {
  const guards = [...guardsOf(policy).filter((g) => judged.includes(g)), ...furtherNames(policy)];
  const others = guards.filter((g) => g !== 'errors').length;
  const first = others === guards.length ? 0 : others === 0 ? 1 : 0.5;
  return new Map(
    guards.map((g) => [g, policy.alpha * (g === 'errors' ? first : (1 - first) / Math.max(1, others))]),
  );
}
