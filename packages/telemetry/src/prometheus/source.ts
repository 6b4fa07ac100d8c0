import { SystemError } from '@sluice/contract';
import type { Counts, MetricSource, Minute } from '../source.ts';
import type { Prometheus } from './client.ts';
import { type Buckets, type Counter, type Family, percent, type Share, selector } from './families/family.ts';
import { histogramGrowth, instanceOf, type Series, scrapedTwice, totalGrowth } from './series.ts';

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
type Reading = Readonly<Record<Part, readonly Series[]>> & {
  /** When the newest sample before a time was taken, seconds. */
  readonly sampled: ReadonlyMap<number, number>;
};

type Part =
  | 'requests'
  | 'errors'
  | 'aborted'
  | 'latency'
  | 'first'
  | 'perToken'
  | 'cutOff'
  | 'tokens'
  | 'seconds'
  | 'memory'
  | 'utilisation';

const nothing: Counts = { requests: 0, errors: 0 };

/**
 * Counters in a Prometheus, read at the ends of the steps; what a step holds is their growth. A step counts only where
 * samples were taken near both of its ends, so a scrape that failed makes a gap and no zero.
 */
export class PrometheusSource implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly counts: boolean;
  readonly #options: PrometheusOptions;
  #absent = 0;
  #noNumbers = 0;
  readonly #unknown = new Set<'stable' | 'canary'>();
  #twice: readonly string[] = [];
  #warnings: readonly string[] = [];

  constructor(options: PrometheusOptions) {
    this.#options = options;
    this.name = options.name;
    this.step = options.step ?? 60_000;
    this.counts = options.family.requests !== undefined && options.family.errors !== undefined;
  }

  async now(signal?: AbortSignal): Promise<Date> {
    const { family, stable, canary, prometheus } = this.#options;
    const [a, b] = [selector(anchor(family), stable), selector(anchor(family), canary)];
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
    this.#noNumbers = 0;
    for (let at = start; at < end; at += POINTS * step)
      minutes.push(...(await this.#part(at, Math.min(end, at + POINTS * step), signal)));
    this.#warnings = this.#options.prometheus.takeWarnings();
    this.#absent = Math.max(0, (end - start) / step) - minutes.length - this.#noNumbers;
    return minutes;
  }

  notes(): readonly string[] {
    const notes = [...this.#unknown].map(
      (slot) => `no series of slot ${slot} (${this.#options[slot]}): taken as not running, with no request`,
    );
    if (this.#warnings.length > 0)
      notes.push(`${this.name} warns, so figures may be missing: ${this.#warnings.slice(0, 3).join('; ')}`);
    if (this.#twice.length > 0)
      notes.push(
        `jobs ${this.#twice.join(' and ')} have the same series: what is scraped twice is counted twice. Name one of them in the matchers of both slots, such as ${this.#options.canary},job="${this.#twice[0]}"`,
      );
    if (this.#absent > 0) notes.push(`${this.#absent} steps of the last window have no samples`);
    if (this.#noNumbers > 0)
      notes.push(
        `${this.#noNumbers} steps of the last window were not counted: samples in them are no numbers`,
      );
    return notes;
  }

  async #part(start: number, end: number, signal: AbortSignal | undefined): Promise<Minute[]> {
    const [stable, canary] = await Promise.all([
      this.#read(this.#options.stable, start, end, signal),
      this.#read(this.#options.canary, start, end, signal),
    ]);
    // the slots themselves may differ in their jobs alone
    this.#twice =
      [stable, canary].map(({ requests }) => scrapedTwice(requests)).find((jobs) => jobs.length) ?? [];
    if (stable.requests.length === 0) this.#unknown.add('stable');
    if (canary.requests.length === 0) this.#unknown.add('canary');
    const minutes: Minute[] = [];
    for (let at = start; at < end; at += this.step) {
      const [s, c] = [this.#counts(stable, at), this.#counts(canary, at)];
      if ([s, c].some((counts) => Number.isNaN(counts?.requests) || Number.isNaN(counts?.errors)))
        this.#noNumbers++;
      else if (s && c && (s !== nothing || c !== nothing))
        minutes.push({ start: new Date(at), stable: s, canary: c });
    }
    return minutes;
  }

  async #read(match: string, start: number, end: number, signal: AbortSignal | undefined): Promise<Reading> {
    const { family, prometheus } = this.#options;
    const read = (query: string): Promise<Series[]> => prometheus.range(query, start, end, this.step, signal);
    const all = async (counters: readonly Counter[] = []): Promise<Series[]> =>
      (await Promise.all(counters.map((counter) => read(selector(counter, match))))).flat();
    const some = (counter: Counter | undefined): Promise<Series[]> => all(counter ? [counter] : []);
    const gauge = async (share: Share | undefined, over: 'max' | 'avg'): Promise<Series[]> =>
      share ? read(percent(share, match, over, this.step)) : [];
    const anchorSeries = selector(anchor(family), match);
    const asked: Readonly<Record<Part | 'sampled', Promise<Series[]>>> = {
      requests: family.requests ? all(family.requests) : read(anchorSeries),
      errors: all(family.errors),
      aborted: all(family.aborted),
      latency: some(family.latency),
      first: some(family.first),
      perToken: some(family.perToken),
      cutOff: all(family.cutOff),
      tokens: some(family.tokens?.count),
      seconds: some(family.tokens?.seconds),
      memory: gauge(family.gpu?.memory, 'max'),
      utilisation: gauge(family.gpu?.utilisation, 'avg'),
      sampled: read(`max(timestamp(${anchorSeries}))`),
    };
    const { sampled, ...series } = await together(asked);
    return { ...series, sampled: sampled[0]?.values ?? new Map() };
  }

  /** What a slot did in the step that begins at a time; undefined where that was not measured. */
  #counts(reading: Reading, at: number): Counts | undefined {
    const { family } = this.#options;
    const { requests, sampled } = reading;
    // a slot that never ran, as the canary's before its first rollout
    if (requests.length === 0) return nothing;
    const after = at + this.step;
    const fresh = (time: number): boolean =>
      (sampled.get(time) ?? Number.NEGATIVE_INFINITY) * 1000 > time - this.step;
    if (!fresh(at) || !fresh(after)) return undefined;
    const there = new Set(requests.filter((s) => s.values.has(at)).map(instanceOf));
    const grown = (series: readonly Series[]): number => totalGrowth(series, at, after, there);
    const histogram = (series: readonly Series[], buckets: Buckets | undefined) =>
      buckets ? histogramGrowth(series, at, after, there, buckets.unit) : undefined;
    const latency = histogram(reading.latency, family.latency);
    const first = histogram(reading.first, family.first);
    const perToken = histogram(reading.perToken, family.perToken);
    const gpu = gpuOf(reading, after);
    const aborted = reading.aborted.length > 0 ? grown(reading.aborted) : Number.NaN;
    const invalid = family.cutOff ? grown(reading.cutOff) : Number.NaN;
    const tokens = { count: grown(reading.tokens), seconds: grown(reading.seconds) };
    return {
      requests: family.requests ? grown(requests) : 0,
      errors: grown(reading.errors),
      ...(Number.isNaN(aborted) ? {} : { aborted }),
      ...(latency ? { latency } : {}),
      ...(first ? { first } : {}),
      ...(perToken ? { perToken } : {}),
      // a reason that never occurred has no series yet
      ...(Number.isNaN(invalid) ? {} : { invalid }),
      ...(reading.tokens.length > 0 &&
      reading.seconds.length > 0 &&
      !Number.isNaN(tokens.count + tokens.seconds)
        ? { tokens }
        : {}),
      ...(gpu ? { gpu } : {}),
    };
  }
}

/** Several answers, each by its name. */
async function together<K extends string, V>(asked: Readonly<Record<K, Promise<V>>>): Promise<Record<K, V>> {
  const names = Object.keys(asked) as K[];
  const answers = await Promise.all(names.map((name) => asked[name]));
  return Object.fromEntries(names.map((name, i) => [name, answers[i]])) as Record<K, V>;
}

/** The metric whose samples say when a slot was scraped. */
function anchor({ requests, gpu }: Family): Counter {
  return requests?.[0] ?? gpu?.utilisation ?? (gpu?.memory as Counter);
}

function gpuOf({ memory, utilisation }: Reading, time: number): Counts['gpu'] {
  const [full, busy] = [measured(memory[0]?.values.get(time)), measured(utilisation[0]?.values.get(time))];
  if (full === undefined && busy === undefined) return undefined;
  return {
    // samples of one moment and of another may add up to a little more
    ...(full === undefined ? {} : { memory: Math.min(100, full) }),
    ...(busy === undefined ? {} : { utilisation: Math.min(100, busy) }),
  };
}

/** A gauge may be no number where a sum of nothing is divided by nothing. */
const measured = (value: number | undefined): number | undefined => (Number.isNaN(value) ? undefined : value);
