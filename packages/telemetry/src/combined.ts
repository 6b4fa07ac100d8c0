import { messageOf, UserError } from '@sluice/contract';
import type { Counts, MetricSource, Minute } from './source.ts';

/** Steps that a slower source may lag behind before the first one's figures go on without its. */
const GRACE = 3;

/** What a source may add to another's counts. */
const PARTS = [
  'aborted',
  'latency',
  'first',
  'perToken',
  'users',
  'invalid',
  'tokens',
  'gpu',
] as const satisfies readonly (keyof Counts)[];

/**
 * Several sources as one. The first counts requests and errors and is the clock; the others add what those before them do not
 * measure, step by step. A slower one is waited for, a few steps; one that does not answer leaves its part unmeasured, and
 * {@link missing} says so: what is there still judges, and nothing advances.
 */
export class Combined implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly counts = true;
  readonly #first: MetricSource;
  readonly #others: readonly MetricSource[];
  readonly #silent = new Map<MetricSource, string>();

  constructor(first: MetricSource, others: readonly MetricSource[]) {
    this.#first = first;
    this.#others = others;
    this.name = [first, ...others].map(({ name }) => name).join(' and ');
    this.step = first.step;
  }

  now(signal?: AbortSignal): Promise<Date> {
    return this.#first.now(signal);
  }

  async window(from: Date, to: Date, signal?: AbortSignal): Promise<Minute[]> {
    const minutes = await this.#first.window(from, to, signal);
    this.#silent.clear();
    const newest = minutes.at(-1)?.start.getTime();
    if (newest === undefined) return minutes;
    let end = newest;
    const added: Map<number, Minute>[] = [];
    for (const source of this.#others) {
      const found = await this.#read(source, from, new Date(newest + this.step), signal);
      const oldest = newest - GRACE * this.step;
      const first = minutes[0]?.start.getTime() as number;
      const last =
        found.at(-1)?.start.getTime() ?? (first < oldest ? Number.NEGATIVE_INFINITY : first - this.step);
      if (this.#silent.has(source) || last < oldest) this.#lags(source, newest);
      else end = Math.min(end, last);
      added.push(new Map(found.map((minute) => [minute.start.getTime(), minute])));
    }
    return minutes
      .filter((minute) => minute.start.getTime() <= end)
      .map((minute) => added.reduce((sum, more) => join(sum, more.get(minute.start.getTime())), minute));
  }

  notes(): readonly string[] {
    return [this.#first, ...this.#others].flatMap((source) => source.notes());
  }

  missing(): string | undefined {
    return this.#silent.size === 0 ? undefined : [...this.#silent.values()].join('; ');
  }

  async #read(
    source: MetricSource,
    from: Date,
    to: Date,
    signal: AbortSignal | undefined,
  ): Promise<Minute[]> {
    try {
      return await source.window(from, to, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof UserError)) throw error;
      const why = messageOf(error);
      this.#silent.set(source, why.startsWith(source.name) ? why : `${source.name}: ${why}`);
      return [];
    }
  }

  #lags(source: MetricSource, newest: number): void {
    if (this.#silent.has(source)) return;
    this.#silent.set(
      source,
      `${source.name} has nothing for ${new Date(newest).toISOString()} and the ${GRACE} steps before it`,
    );
  }
}

function join(minute: Minute, more: Minute | undefined): Minute {
  if (!more) return minute;
  return {
    start: minute.start,
    stable: added(minute.stable, more.stable),
    canary: added(minute.canary, more.canary),
  };
}

function added(counts: Counts, more: Counts): Counts {
  const parts = PARTS.flatMap((part) =>
    counts[part] === undefined && more[part] !== undefined ? [[part, more[part]] as const] : [],
  );
  return { ...counts, ...Object.fromEntries(parts) };
}
