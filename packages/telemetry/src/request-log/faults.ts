import type { Unread } from './line.ts';

const WORDS: Readonly<Record<Exclude<Unread, 'foreign'>, string>> = {
  garbled: 'are cut off, too long or no JSON',
  'no version': 'have no model_version',
  'no time': 'have no time (time, timestamp or @timestamp: ISO 8601 or Unix time)',
};

/** Counts what could not be used of a request log, and says it. */
export class Faults {
  #lines = 0;
  readonly #unread = new Map<Unread, number>();
  readonly #elsewhere = new Set<string>();
  readonly #lacks = new Map<string, number>();
  #requests = 0;

  unread(why: Unread): void {
    this.#lines++;
    this.#unread.set(why, (this.#unread.get(why) ?? 0) + 1);
  }

  request(lacks: readonly string[]): void {
    this.#lines++;
    this.#requests++;
    for (const field of lacks) this.#lacks.set(field, (this.#lacks.get(field) ?? 0) + 1);
  }

  /** A request of a version that stands in neither slot. */
  elsewhere(version: string): void {
    this.#lines++;
    if (this.#elsewhere.size < 5) this.#elsewhere.add(version);
  }

  notes(): string[] {
    const unread = Object.entries(WORDS).flatMap(([why, words]) => {
      const count = this.#unread.get(why as Unread);
      return count === undefined
        ? []
        : [`${count} of ${this.#lines} lines of the request log ${words}: not counted`];
    });
    const lacks = [...this.#lacks].map(
      ([field, count]) => `${count} of ${this.#requests} logged requests have no ${field}`,
    );
    const elsewhere =
      this.#requests === 0 && this.#elsewhere.size > 0
        ? [`the request log names other versions alone: ${[...this.#elsewhere].join(', ')}`]
        : [];
    return [...unread, ...lacks, ...elsewhere];
  }
}
