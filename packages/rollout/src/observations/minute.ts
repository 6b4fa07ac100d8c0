/** The two places that a router splits traffic between. Which of them is live is said by the state. */
export type Slot = 'stable' | 'canary';

export const otherSlot = (slot: Slot): Slot => (slot === 'stable' ? 'canary' : 'stable');

/** Requests by duration as Prometheus keeps them: `cumulative[i]` requests took at most `bounds[i]` ms. */
export interface Histogram {
  /** Ascending; a last one of Infinity is dropped, since `requests` says the same. */
  readonly bounds: readonly number[];
  readonly cumulative: readonly number[];
}

/** What one version served in one interval. */
export interface Counts {
  readonly requests: number;
  /** 5xx, time-outs and broken connections. */
  readonly errors: number;
  readonly latency?: Histogram;
  /** Time to first token. */
  readonly ttft?: Histogram;
  /** Time per output token. */
  readonly tpot?: Histogram;
  /** By group of users: 0 holds the first percent of those that a weight reaches, 99 the last. */
  readonly users?: Readonly<Record<number, { readonly requests: number; readonly errors: number }>>;
  /** Answers that were empty, cut off or flagged. */
  readonly invalid?: number;
  /** Output tokens, and the seconds that were spent on generating them, summed over requests. */
  readonly tokens?: { readonly count: number; readonly seconds: number };
  /** The highest of the version's devices, percent. */
  readonly gpu?: { readonly memory?: number; readonly utilisation?: number };
  /** Online evaluation by metric: the score, 0 to 1, of each answer that was scored in this interval. */
  readonly scores?: Readonly<Record<string, readonly number[]>>;
}

/** One interval (a minute unless the policy says otherwise) of both slots. An interval that was not seen is absent, never zeros. */
export interface Minute {
  /** Start, ms epoch by the metric source's clock. */
  readonly start: number;
  readonly stable: Counts;
  readonly canary: Counts;
}

/** The same interval by role. */
export interface RoleMinute {
  readonly start: number;
  readonly live: Counts;
  readonly candidate: Counts;
}

function finite(histogram: Histogram): Histogram {
  const { bounds, cumulative } = histogram;
  if (bounds.at(-1) !== Number.POSITIVE_INFINITY) return histogram;
  return { bounds: bounds.slice(0, -1), cumulative: cumulative.slice(0, -1) };
}

export function byRole(minute: Minute, candidate: Slot): RoleMinute {
  return { start: minute.start, live: minute[otherSlot(candidate)], candidate: minute[candidate] };
}

function badHistogram(histogram: Histogram, requests: number): boolean {
  if (histogram.bounds.length !== histogram.cumulative.length) return true;
  const { bounds, cumulative } = finite(histogram);
  for (let i = 0; i < bounds.length; i++) {
    const [bound, n] = [bounds[i] as number, cumulative[i] as number];
    if (!Number.isFinite(bound) || !Number.isFinite(n) || n < 0 || n > requests) return true;
    if (i > 0 && (bound <= (bounds[i - 1] as number) || n < (cumulative[i - 1] as number))) return true;
  }
  return false;
}

/** Requests in an interval: a billion a second. Weeks of such intervals still add up to whole numbers. */
const MOST = 1e11;

function badCounts(counts: Counts): string | undefined {
  const { requests, errors, invalid = 0 } = counts;
  for (const [name, n] of Object.entries({ requests, errors, invalid }))
    if (!Number.isFinite(n) || n < 0) return `${name} is ${n}`;
  if (requests > MOST) return `${requests} requests in one interval`;
  if (errors > requests) return `${errors} errors of ${requests} requests`;
  if (invalid > requests) return `${invalid} invalid answers of ${requests} requests`;
  for (const name of ['latency', 'ttft', 'tpot'] as const) {
    const histogram = counts[name];
    if (histogram && badHistogram(histogram, requests)) return `the ${name} histogram is not cumulative`;
  }
  return badExtras(counts);
}

function badExtras({ tokens, gpu = {}, scores = {} }: Counts): string | undefined {
  const counted = { 'tokens generated': tokens?.count ?? 0, 'seconds of generation': tokens?.seconds ?? 0 };
  for (const [name, n] of Object.entries(counted)) if (!Number.isFinite(n) || n < 0) return `${name}: ${n}`;
  for (const [name, percent] of Object.entries(gpu))
    if (percent !== undefined && !(percent >= 0 && percent <= 100)) return `GPU ${name} is ${percent} %`;
  for (const [name, values] of Object.entries(scores)) {
    const bad = values.find((value) => !(value >= 0 && value <= 1));
    if (bad !== undefined) return `${name}: a score of ${bad}`;
  }
  return undefined;
}

/** What contradicts itself in an interval, or nothing. Data of which this can be said never advance a rollout. */
export function contradiction(minute: Minute): string | undefined {
  if (!Number.isFinite(minute.start)) return `an interval starts at ${minute.start}`;
  for (const slot of ['stable', 'canary'] as const) {
    const bad = badCounts(minute[slot]);
    if (bad) return `${new Date(minute.start).toISOString()}, ${slot}: ${bad}`;
  }
  return undefined;
}

/**
 * A quantile of a cumulative histogram in ms, linear inside its bucket (as `histogram_quantile` of Prometheus);
 * `Infinity` where it lies above the last bound, `undefined` where nothing was counted.
 */
export function quantile(q: number, histogram: Histogram, requests: number): number | undefined {
  const { bounds, cumulative } = finite(histogram);
  if (requests <= 0) return undefined;
  const rank = q * requests;
  let [below, bound] = [0, 0];
  for (let i = 0; i < bounds.length; i++) {
    const [n, upper] = [cumulative[i] as number, bounds[i] as number];
    if (n >= rank && n > 0) return bound + (upper - bound) * Math.min(1, (rank - below) / (n - below || 1));
    [below, bound] = [n, upper];
  }
  return Number.POSITIVE_INFINITY;
}

/** The share of requests that took longer than `ms`, linear inside the bucket it falls in. */
export function shareSlower(ms: number, histogram: Histogram, requests: number): number | undefined {
  const { bounds, cumulative } = finite(histogram);
  if (requests <= 0 || bounds.length === 0 || ms > (bounds.at(-1) as number)) return undefined;
  let [below, bound] = [0, 0];
  for (let i = 0; i < bounds.length; i++) {
    const [n, upper] = [cumulative[i] as number, bounds[i] as number];
    if (ms <= upper) {
      const atOrUnder = below + ((n - below) * (ms - bound)) / (upper - bound);
      return 1 - atOrUnder / requests;
    }
    [below, bound] = [n, upper];
  }
  return undefined;
}

/** The sum of several histograms with the same bounds; `undefined` where one is absent or differs. */
export function addHistograms(parts: readonly (Histogram | undefined)[]): Histogram | undefined {
  const first = parts[0] && finite(parts[0]);
  if (!first) return undefined;
  const cumulative = first.bounds.map(() => 0);
  for (const given of parts) {
    const part = given && finite(given);
    if (
      !part ||
      part.bounds.length !== first.bounds.length ||
      part.bounds.some((b, i) => b !== first.bounds[i])
    )
      return undefined;
    for (let i = 0; i < cumulative.length; i++)
      cumulative[i] = (cumulative[i] as number) + (part.cumulative[i] as number);
  }
  return { bounds: first.bounds, cumulative };
}
