import { DISORDER, RotatedLog } from '../log-file/rotated-log.ts';
import type { MetricSource, Minute } from '../source.ts';
import { Faults } from './faults.ts';
import { parseRequest } from './line.ts';
import type { SlotOf } from './slots.ts';
import { RequestTally } from './tally.ts';

/** Bytes: a long conversation and its answer. */
export const LONGEST_REQUEST = 16 * 1024 * 1024;

/** A structured request log as a source of figures: requests, errors, durations, tokens, and answers that are no good. */
export class RequestLog implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly counts = true;
  readonly #log: RotatedLog;
  readonly #slotOf: SlotOf;
  #tally: RequestTally;
  #faults = new Faults();
  #from = 0;
  #newest: number | undefined;

  constructor({ path, slotOf, step = 60_000 }: { path: string; slotOf: SlotOf; step?: number | undefined }) {
    this.name = `request log ${path}`;
    this.step = step;
    this.#slotOf = slotOf;
    this.#tally = new RequestTally(step);
    this.#log = new RotatedLog({
      path,
      kind: 'request log',
      timeOf: requestTime,
      take: (line, cut) => this.#take(line, cut),
      forget: (from) => this.#forget(from),
      longestLine: LONGEST_REQUEST,
    });
  }

  async now(signal?: AbortSignal): Promise<Date> {
    const newest = await this.#log.newest(signal);
    return newest === undefined ? new Date() : new Date(newest);
  }

  async window(from: Date, to: Date, signal?: AbortSignal): Promise<Minute[]> {
    const start = Math.ceil(from.getTime() / this.step) * this.step;
    await this.#log.readFrom(start, signal);
    if (this.#newest === undefined) return [];
    const over = Math.floor((this.#newest - DISORDER) / this.step) * this.step;
    return this.#tally.between(start, Math.min(Math.floor(to.getTime() / this.step) * this.step, over));
  }

  notes(): readonly string[] {
    return [...this.#log.problems, ...this.#faults.notes()];
  }

  #take(line: string, cut: boolean): void {
    const request = parseRequest(line);
    if (typeof request === 'string') {
      if (!cut) this.#faults.unread(request);
      return;
    }
    this.#newest = Math.max(this.#newest ?? 0, request.time);
    if (request.time < this.#from) return;
    const slot = this.#slotOf(request.version);
    if (!slot) {
      this.#faults.elsewhere(request.version);
      return;
    }
    const answered = request.outcome === 'answered';
    this.#faults.request([
      ...(request.latency === undefined ? ['latency'] : []),
      ...(answered && request.invalid === undefined
        ? ['response, response_characters or finish_reason']
        : []),
    ]);
    this.#tally.add(request, slot);
  }

  #forget(from: number): void {
    this.#tally = new RequestTally(this.step);
    this.#faults = new Faults();
    this.#from = from;
    this.#newest = undefined;
  }
}

/** When the request of a line ended, Unix milliseconds. */
export function requestTime(line: string): number | undefined {
  const request = parseRequest(line);
  return typeof request === 'string' ? undefined : request.time;
}
