import { SystemError } from '@sluice/contract';
import type { Counts, MetricSource, Minute } from '../source.ts';
import type { Prometheus } from './client.ts';
import { type Family, selector } from './families.ts';
import { histogramGrowth, instanceOf, type Series, totalGrowth } from './series.ts';

/** Points that one query may ask for; Prometheus allows 11,000 a series. */
const POINTS = 10_000;
/** A scrape may take this long to be stored under the time at which it began, milliseconds. */
const SETTLING = 10_000;

export interface PrometheusOptions {
  readonly prometheus: Prometheus;
  readonly name: string;
  readonly family: Family;
  /** Matchers of the two slots. */
  readonly stable: string;
  readonly canary: string;
  /** Milliseconds; a whole multiple of the scrape interval. Default: one minute. */
  readonly step?: number;
}

/** The series of one slot in a window. */
interface Reading {
  readonly requests: readonly Series[];
  readonly errors: readonly Series[];
  readonly latency: readonly Series[];
  readonly first: readonly Series[];
  /** When the newest sample before a time was taken, seconds. */
  readonly sampled: ReadonlyMap<number, number>;
}

const nothing: Counts = { requests: 0, errors: 0 };

/**
 * Counters in a Prometheus, read at the ends of the steps; what a step holds is their growth. A step counts only where
 * samples were taken near both of its ends, so a scrape that failed makes a gap and no zero.
 */
export class PrometheusSource implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly #options: PrometheusOptions;
  #absent = 0;
  readonly #unknown = new Set<'stable' | 'canary'>();

  constructor(options: PrometheusOptions) {
    this.#options = options;
    this.name = options.name;
    this.step = options.step ?? 60_000;
  }

  async now(signal?: AbortSignal): Promise<Date> {
    const { family, stable, canary, prometheus } = this.#options;
    const [a, b] = [selector(family.requests, stable), selector(family.requests, canary)];
    const newest = await prometheus.instant(`max(timestamp(${a}) or timestamp(${b}))`, signal);
    if (newest === undefined)
      throw new SystemError(
        `${this.name} has had no sample of ${a} or ${b} for 5 minutes. Is it scraped, and do the labels fit?`,
      );
    return new Date(Math.round(newest * 1000));
  }

  async window(from: Date, to: Date, signal?: AbortSignal): Promise<Minute[]> {
    const { step } = this;
    const newest = (await this.now(signal)).getTime();
    const clock = ((await this.#options.prometheus.instant('time()', signal)) ?? 0) * 1000;
    const floor = (time: number): number => Math.floor(time / step) * step;
    const start = Math.ceil(from.getTime() / step) * step;
    const end = Math.min(floor(to.getTime()), floor(Math.min(newest, clock - SETTLING)));
    const minutes: Minute[] = [];
    this.#unknown.clear();
    for (let at = start; at < end; at += POINTS * step)
      minutes.push(...(await this.#part(at, Math.min(end, at + POINTS * step), signal)));
    this.#absent = Math.max(0, (end - start) / step) - minutes.length;
    return minutes;
  }

  notes(): readonly string[] {
    const notes = [...this.#unknown].map(
      (slot) => `no series of slot ${slot} (${this.#options[slot]}): taken as not running, with no request`,
    );
    if (this.#absent > 0) notes.push(`${this.#absent} steps of the last window have no samples`);
    return notes;
  }

  async #part(start: number, end: number, signal: AbortSignal | undefined): Promise<Minute[]> {
    const [stable, canary] = await Promise.all([
      this.#read(this.#options.stable, start, end, signal),
      this.#read(this.#options.canary, start, end, signal),
    ]);
    if (stable.requests.length === 0) this.#unknown.add('stable');
    if (canary.requests.length === 0) this.#unknown.add('canary');
    const minutes: Minute[] = [];
    for (let at = start; at < end; at += this.step) {
      const [s, c] = [this.#counts(stable, at), this.#counts(canary, at)];
      if (s && c && (s !== nothing || c !== nothing))
        minutes.push({ start: new Date(at), stable: s, canary: c });
    }
    return minutes;
  }

  async #read(match: string, start: number, end: number, signal: AbortSignal | undefined): Promise<Reading> {
    const { family, prometheus } = this.#options;
    const read = (query: string): Promise<Series[]> => prometheus.range(query, start, end, this.step, signal);
    const none = Promise.resolve<Series[]>([]);
    const requestsOf = selector(family.requests, match);
    const [requests, errors, latency, first, sampled] = await Promise.all([
      read(requestsOf),
      read(selector(family.errors, match)),
      family.latency ? read(selector(family.latency, match)) : none,
      family.first ? read(selector(family.first, match)) : none,
      read(`max(timestamp(${requestsOf}))`),
    ]);
    return { requests, errors, latency, first, sampled: sampled[0]?.values ?? new Map() };
  }

  /** What a slot did in the step that begins at a time; undefined where that was not measured. */
  #counts(reading: Reading, at: number): Counts | undefined {
    const { family } = this.#options;
    const { requests, errors, latency, first, sampled } = reading;
    // a slot that never ran, as the canary's before its first rollout
    if (requests.length === 0) return nothing;
    const after = at + this.step;
    const fresh = (time: number): boolean =>
      (sampled.get(time) ?? Number.NEGATIVE_INFINITY) * 1000 > time - this.step;
    if (!fresh(at) || !fresh(after)) return undefined;
    const there = new Set(requests.filter((s) => s.values.has(at)).map(instanceOf));
    const histogram = (series: readonly Series[], unit: 's' | 'ms' | undefined) =>
      unit ? histogramGrowth(series, at, after, there, unit) : undefined;
    const [whole, begun] = [histogram(latency, family.latency?.unit), histogram(first, family.first?.unit)];
    return {
      requests: totalGrowth(requests, at, after, there),
      errors: totalGrowth(errors, at, after, there),
      ...(whole ? { latency: whole } : {}),
      ...(begun ? { first: begun } : {}),
    };
  }
}
