import type { Histogram } from '../histogram.ts';

/** One time series, read at the ends of steps. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Value by time, Unix milliseconds; NaN where the sample is no number. */
  readonly values: ReadonlyMap<number, number>;
}

/** The process that a series comes from. */
export function instanceOf(series: Series): string {
  return `${series.labels.job ?? ''} ${series.labels.instance ?? ''} ${series.labels.pod ?? ''}`;
}

/** Jobs whose series differ in nothing but the job: very likely one process that is scraped twice, and counted twice. */
export function scrapedTwice(all: readonly Series[]): readonly string[] {
  const jobs = new Map<string, Set<string>>();
  for (const { labels } of all) {
    const { job = '', ...rest } = labels;
    const one = JSON.stringify(Object.entries(rest).sort());
    jobs.set(one, (jobs.get(one) ?? new Set()).add(job));
  }
  return [...([...jobs.values()].find(({ size }) => size > 1) ?? [])].sort();
}

/**
 * How much one counter grew from one time to a later one. A smaller value means that its process began again at zero.
 * A series that was not there counts from zero where its process was there already: it has had its first such event. NaN where
 * one of the two is.
 */
export function growth(series: Series, before: number, at: number, wasThere: boolean): number {
  const now = series.values.get(at);
  if (now === undefined) return 0;
  const then = series.values.get(before);
  if (then === undefined) return wasThere ? now : 0;
  if (Number.isNaN(then)) return then;
  return now >= then ? now - then : now;
}

/** The growth of several counters together. */
export function totalGrowth(
  all: readonly Series[],
  before: number,
  at: number,
  there: ReadonlySet<string>,
): number {
  return all.reduce((sum, series) => sum + growth(series, before, at, there.has(instanceOf(series))), 0);
}

/** The growth of a histogram's buckets, those of all its series added. Undefined where there are none, or one is no number. */
export function histogramGrowth(
  all: readonly Series[],
  before: number,
  at: number,
  there: ReadonlySet<string>,
  unit: 's' | 'ms',
): Histogram | undefined {
  const byBound = new Map<number, number>();
  for (const series of all) {
    if (series.values.get(at) === undefined) continue;
    const le = series.labels.le;
    // 0.3 s is 300 ms, not 299.99999999999994
    const bound =
      le === '+Inf'
        ? Number.POSITIVE_INFINITY
        : Number((Number(le) * (unit === 's' ? 1000 : 1)).toPrecision(12));
    if (Number.isNaN(bound)) continue;
    const grown = growth(series, before, at, there.has(instanceOf(series)));
    byBound.set(bound, (byBound.get(bound) ?? 0) + grown);
  }
  if (!byBound.has(Number.POSITIVE_INFINITY) || [...byBound.values()].some(Number.isNaN)) return undefined;
  const bounds = [...byBound.keys()].sort((a, b) => a - b);
  let highest = 0;
  return {
    bounds,
    // replicas with other bounds, or one that was read between two of its buckets: cumulative all the same
    cumulative: bounds.map((bound) => (highest = Math.max(highest, byBound.get(bound) as number))),
  };
}
