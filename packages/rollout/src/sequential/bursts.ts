import { type Arm, poissonTail } from '@sluice/statistics';

/** A count that the usual rate explains less often than this belongs to a burst. */
const UNUSUAL = 1e-4;
/** Quiet intervals that do not end a burst. */
export const GAP = 2;
const QUANTILE = 0.95;

/** The share of requests that usually fail: the median interval's, or where most have no event, without the worst tenth. */
export function usualShare(intervals: readonly Arm[]): number {
  let requests = 0;
  for (const x of intervals) requests += x.requests;
  const shares = new Float64Array(intervals.length);
  intervals.forEach((x, i) => {
    shares[i] = x.requests > 0 ? x.events / x.requests : 0;
  });
  const median = atRank(shares, Math.floor(shares.length / 2)) ?? 0;
  const least = 0.5 / Math.max(1, requests);
  if (median > 0) return Math.max(median, least);
  const events = Float64Array.from(intervals, (x) => x.events);
  const rest = Math.floor(0.9 * events.length);
  atRank(events, rest);
  const calm = events.subarray(0, rest).reduce((sum, k) => sum + k, 0);
  return Math.max(calm / Math.max(1, 0.9 * requests), least);
}

/** The value that sorting would put at `rank`; reorders `values`. Source: Hoare, "Find", CACM 4 (1961). */
function atRank(values: Float64Array, rank: number): number | undefined {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[rank] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while (pivot < (values[j] as number)) j--;
      if (i > j) break;
      const swapped = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swapped;
    }
    if (j < rank) low = i;
    if (rank < i) high = j;
  }
  return values[rank];
}

/** Standard deviations over the mean within which no Poisson count is as rare as `UNUSUAL`. */
const ORDINARY = 3;

/** Whether the usual rate does not explain an interval. */
export function isUnusual({ requests, events }: Arm, usual: number): boolean {
  const mean = requests * usual;
  return events > mean + ORDINARY * Math.sqrt(mean) && poissonTail(events, mean) < UNUSUAL;
}

interface Run {
  readonly first: number;
  readonly last: number;
}

/** The runs of intervals whose event counts the usual rate does not explain. */
function runsOf(intervals: readonly Arm[], usual: number): Run[] {
  const runs: Run[] = [];
  intervals.forEach((interval, i) => {
    if (!isUnusual(interval, usual)) return;
    const { first, last } = runs.at(-1) ?? { first: -1, last: Number.NEGATIVE_INFINITY };
    if (i - last > GAP + 1) runs.push({ first: i, last: i });
    else runs[runs.length - 1] = { first, last: i };
  });
  return runs;
}

/** Chance under which so many lone intervals so unusual are no noise. */
const NOISE = 0.01;

/**
 * Lengths, in intervals, of the runs whose event counts the usual rate does not explain, without the lone intervals that noise explains: where every
 * interval is independent, as many at least as unusual as this one are seen with probability {@link NOISE} or more.
 */
export function burstLengths(intervals: readonly Arm[], usual = usualShare(intervals)): number[] {
  const runs = runsOf(intervals, usual);
  const tailOf = ({ first }: Run) => {
    const { requests, events } = intervals[first] as Arm;
    return poissonTail(events, requests * usual);
  };
  const isLone = ({ first, last }: Run) => first === last;
  const tails = Float64Array.from(runs.filter(isLone), tailOf).sort();
  const isNoise = (tail: number) =>
    poissonTail(tails.lastIndexOf(tail) + 1, intervals.length * tail) >= NOISE;
  return runs
    .filter((run) => !(isLone(run) && isNoise(tailOf(run))))
    .map(({ first, last }) => last - first + 1);
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
