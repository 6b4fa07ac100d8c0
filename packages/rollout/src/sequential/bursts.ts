import { type Arm, poissonTail } from '@sluice/statistics';

/** A count that the usual rate explains less often than this belongs to a burst. */
const UNUSUAL = 1e-4;
/** Quiet intervals that do not end a burst. */
const GAP = 2;
const QUANTILE = 0.95;

/** The share of requests that usually fail: the median interval's, or where most have no event, without the worst tenth. */
function usualShare(intervals: readonly Arm[]): number {
  const requests = intervals.reduce((sum, x) => sum + x.requests, 0);
  const shares = intervals.map((x) => (x.requests > 0 ? x.events / x.requests : 0)).sort((a, b) => a - b);
  const median = shares[Math.floor(shares.length / 2)] ?? 0;
  const events = intervals.map((x) => x.events).sort((a, b) => a - b);
  const calm = events.slice(0, Math.floor(0.9 * events.length)).reduce((sum, k) => sum + k, 0);
  return Math.max(median > 0 ? median : calm / Math.max(1, 0.9 * requests), 0.5 / Math.max(1, requests));
}

/** Lengths, in intervals, of the runs whose event counts the usual rate does not explain. */
export function burstLengths(intervals: readonly Arm[]): number[] {
  const usual = usualShare(intervals);
  const lengths: number[] = [];
  let [first, last] = [-1, Number.NEGATIVE_INFINITY];
  intervals.forEach(({ requests, events }, i) => {
    const mean = requests * usual;
    if (events <= mean || poissonTail(events, mean) >= UNUSUAL) return;
    if (i - last > GAP + 1) {
      if (first >= 0) lengths.push(last - first + 1);
      first = i;
    }
    last = i;
  });
  if (first >= 0) lengths.push(last - first + 1);
  return lengths;
}

/**
 * How many intervals a block must hold so that a burst fits in it: twice the P95 of the baseline's own bursts,
 * 1 where it had none.
 */
export function blockLength(intervals: readonly Arm[]): number {
  const lengths = burstLengths(intervals).sort((a, b) => a - b);
  if (lengths.length === 0) return 1;
  const rank = QUANTILE * (lengths.length - 1);
  const below = lengths[Math.floor(rank)] as number;
  const above = lengths[Math.ceil(rank)] as number;
  return 2 * Math.ceil(below + (above - below) * (rank - Math.floor(rank)));
}
