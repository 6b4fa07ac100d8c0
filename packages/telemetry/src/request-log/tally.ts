import { HistogramBuilder } from '../histogram.ts';
import type { Counts } from '../source.ts';
import type { LoggedRequest } from './line.ts';

/** What a request log tells of the requests of a slot in one step. */
export class SlotTally {
  #requests = 0;
  #errors = 0;
  #aborted = 0;
  #invalid = 0;
  /** Answers of which their line tells whether they are empty, cut off or flagged. */
  #told = 0;
  #tokens = 0;
  #seconds = 0;
  #firsts = 0;
  readonly #latency = new HistogramBuilder();
  readonly #first = new HistogramBuilder();
  readonly #perToken = new HistogramBuilder();
  #timed = 0;
  #paced = 0;

  add({ outcome, latency, first, tokens, invalid }: LoggedRequest): void {
    this.#requests++;
    if (outcome === 'error') this.#errors++;
    if (outcome === 'aborted') this.#aborted++;
    if (invalid !== undefined) this.#told++;
    if (invalid) this.#invalid++;
    if (latency !== undefined) {
      this.#latency.add(latency);
      this.#timed++;
    }
    if (first !== undefined) {
      this.#first.add(first);
      this.#firsts++;
    }
    if (latency === undefined || tokens === undefined || tokens === 0) return;
    const spent = latency - (first ?? 0);
    this.#tokens += tokens;
    this.#seconds += latency / 1000;
    if (first === undefined || tokens < 2 || spent < 0) return;
    this.#perToken.add(spent / (tokens - 1));
    this.#paced++;
  }

  build(): Counts {
    return {
      requests: this.#requests,
      errors: this.#errors,
      aborted: this.#aborted,
      ...(this.#timed > 0 ? { latency: this.#latency.build() } : {}),
      ...(this.#firsts > 0 ? { first: this.#first.build() } : {}),
      ...(this.#paced > 0 ? { perToken: this.#perToken.build() } : {}),
      ...(this.#told > 0 || this.#requests === 0 ? { invalid: this.#invalid } : {}),
      ...(this.#tokens > 0 ? { tokens: { count: this.#tokens, seconds: this.#seconds } } : {}),
    };
  }
}
