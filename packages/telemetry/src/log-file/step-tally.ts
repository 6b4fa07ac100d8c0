import type { Counts, Minute } from '../source.ts';
import { DISORDER } from './rotated-log.ts';

type Slots<T> = { readonly stable: T; readonly canary: T };

/** Requests of a log added up by step of time and slot. */
export class StepTally<T extends { build(): Counts }> {
  readonly #step: number;
  readonly #make: () => T;
  readonly #steps = new Map<number, Slots<T>>();
  #newest: number | undefined;

  /** `step`: milliseconds; `make` begins what is added up of a slot in one step. */
  constructor(step: number, make: () => T) {
    this.#step = step;
    this.#make = make;
  }

  /** A request of this time (Unix milliseconds) was seen, counted or not. */
  saw(time: number): void {
    this.#newest = Math.max(this.#newest ?? 0, time);
  }

  /** Where a request of this time is added. */
  at(time: number, slot: keyof Slots<T>): T {
    const start = Math.floor(time / this.#step) * this.#step;
    let step = this.#steps.get(start);
    if (!step) {
      step = { stable: this.#make(), canary: this.#make() };
      this.#steps.set(start, step);
    }
    return step[slot];
  }

  /** The steps that begin in [from, to), in order, as far as they are over: a late line may still come. Those without a request are absent. */
  between(from: number, to: Date): Minute[] {
    if (this.#newest === undefined) return [];
    const floor = (time: number): number => Math.floor(time / this.#step) * this.#step;
    const end = Math.min(floor(to.getTime()), floor(this.#newest - DISORDER));
    return [...this.#steps]
      .filter(([start]) => start >= from && start < end)
      .sort(([a], [b]) => a - b)
      .map(([start, { stable, canary }]) => ({
        start: new Date(start),
        stable: stable.build(),
        canary: canary.build(),
      }));
  }
}
