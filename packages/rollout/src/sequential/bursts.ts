import { type Arm, poissonTail } from '@sluice/statistics';

/** A count that the usual rate explains less often than this belongs to a burst. */
const UNUSUAL = 1e-4;
/** Quiet intervals that do not end a burst. */
export const GAP = 2;
const QUANTILE = 0.95;

/** The share of requests that usually fail: the median interval's, or where most have no event, without the worst tenth. */
export function usualShare(intervals: readonly Arm[]): number {
  const requests = intervals.reduce((sum, x) => sum + x.requests, 0);
  const shares = Float64Array.from(intervals, (x) => (x.requests > 0 ? x.events / x.requests : 0)).sort();
  const median = shares[Math.floor(shares.length / 2)] ?? 0;
  const events = Float64Array.from(intervals, (x) => x.events).sort();
  const calm = events.slice(0, Math.floor(0.9 * events.length)).reduce((sum, k) => sum + k, 0);
  return Math.max(median > 0 ? median : calm / Math.max(1, 0.9 * requests), 0.5 / Math.max(1, requests));
}

/** Whether the usual rate does not explain an interval. */
export function isUnusual({ requests, events }: Arm, usual: number): boolean {
  const mean = requests * usual;
  return events > mean && poissonTail(events, mean) < UNUSUAL;
}

/** Lengths, in intervals, of the runs whose event counts the usual rate does not explain. */
export function burstLengths(intervals: readonly Arm[]): number[] {
  const usual = usualShare(intervals);
  const lengths: number[] = [];
  let [first, last] = [-1, Number.NEGATIVE_INFINITY];
  intervals.forEach((interval, i) => {
    if (!isUnusual(interval, usual)) return;
    if (i - last > GAP + 1) {
      if (first >= 0) lengths.push(last - first + 1);
      first = i;
    }
    last = i;
  });
  if (first >= 0) lengths.push(last - first + 1);
  return lengths;
}

/** How many intervals a block must hold so that bursts of these lengths fit in it: twice their P95, 1 where there are none. */
export function blockFor(lengths: readonly number[]): number {
  if (lengths.length === 0) return 1;
  const sorted = [...lengths].sort((a, b) => a - b);
  const rank = QUANTILE * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return 2 * Math.ceil(below + (above - below) * (rank - Math.floor(rank)));
}

/** The same, from the baseline's own past. */
export const blockLength = (intervals: readonly Arm[]): number => blockFor(burstLengths(intervals));
