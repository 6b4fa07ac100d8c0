import { HistogramBuilder } from '../histogram.ts';
import type { Counts } from '../source.ts';
import type { Entry } from './line.ts';

/** Groups of users, a percent each, and the buckets that share one. */
const GROUPS = 100;
const BUCKETS_A_GROUP = 100;

/** What an access log tells of the requests of a slot in one step. */
export class SlotTally {
  requests = 0;
  errors = 0;
  aborted = 0;
  readonly #latency = new HistogramBuilder();
  readonly #first = new HistogramBuilder();
  /** Days of minutes are kept: a number takes four bytes. */
  #users: { readonly requests: Uint32Array; readonly errors: Uint32Array } | undefined;

  add(entry: Entry, bucket: number | undefined): void {
    const failed = entry.outcome === 'error' ? 1 : 0;
    this.requests++;
    this.errors += failed;
    if (entry.outcome === 'aborted') this.aborted++;
    if (entry.first !== undefined) this.#first.add(entry.first);
    // a client that gives up waiting has waited at least that long: a hanging server must not look idle
    if (entry.total !== undefined) this.#latency.add(entry.total);
    if (bucket === undefined) return;
    const group = Math.min(GROUPS - 1, Math.floor(bucket / BUCKETS_A_GROUP));
    this.#users ??= { requests: new Uint32Array(GROUPS), errors: new Uint32Array(GROUPS) };
    const { requests, errors } = this.#users;
    requests[group] = (requests[group] as number) + 1;
    errors[group] = (errors[group] as number) + failed;
  }

  build(): Counts {
    const users = this.#users;
    return {
      requests: this.requests,
      errors: this.errors,
      aborted: this.aborted,
      latency: this.#latency.build(),
      first: this.#first.build(),
      ...(users ? { users: { requests: [...users.requests], errors: [...users.errors] } } : {}),
    };
  }
}
