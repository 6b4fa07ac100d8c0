import { HistogramBuilder } from '../histogram.ts';
import type { Counts, Minute, UserCounts } from '../source.ts';
import type { Entry } from './line.ts';

/** Buckets of users that share a group: one percent. */
const GROUP = 100;

class SlotTally {
  requests = 0;
  errors = 0;
  aborted = 0;
  readonly #latency = new HistogramBuilder();
  readonly #first = new HistogramBuilder();
  readonly #users = new Map<number, { requests: number; errors: number }>();

  add(entry: Entry, bucket: number | undefined): void {
    const failed = entry.outcome === 'error' ? 1 : 0;
    this.requests++;
    this.errors += failed;
    if (entry.outcome === 'aborted') this.aborted++;
    if (entry.first !== undefined) this.#first.add(entry.first);
    // a client that gives up waiting has waited at least that long: a hanging server must not look idle
    if (entry.total !== undefined) this.#latency.add(entry.total);
    if (bucket === undefined) return;
    const group = Math.min(99, Math.floor(bucket / GROUP));
    const users = this.#users.get(group) ?? { requests: 0, errors: 0 };
    users.requests++;
    users.errors += failed;
    this.#users.set(group, users);
  }

  build(): Counts {
    const users: Record<number, UserCounts> = Object.fromEntries(this.#users);
    return {
      requests: this.requests,
      errors: this.errors,
      aborted: this.aborted,
      latency: this.#latency.build(),
      first: this.#first.build(),
      ...(this.#users.size > 0 ? { users } : {}),
    };
  }
}

/** Requests added up by step of time. */
export class Tally {
  readonly #step: number;
  readonly #steps = new Map<number, { stable: SlotTally; canary: SlotTally }>();

  constructor(step: number) {
    this.#step = step;
  }

  add(entry: Entry, slot: 'stable' | 'canary', bucket: number | undefined): void {
    const start = Math.floor(entry.time / this.#step) * this.#step;
    let step = this.#steps.get(start);
    if (!step) {
      step = { stable: new SlotTally(), canary: new SlotTally() };
      this.#steps.set(start, step);
    }
    step[slot].add(entry, bucket);
  }

  /** The steps that begin in [from, to), in order; those without a request are absent. */
  between(from: number, to: number): Minute[] {
    return [...this.#steps]
      .filter(([start]) => start >= from && start < to)
      .sort(([a], [b]) => a - b)
      .map(([start, { stable, canary }]) => ({
        start: new Date(start),
        stable: stable.build(),
        canary: canary.build(),
      }));
  }
}
