import { RotatedLog } from '../log-file/rotated-log.ts';
import { StepTally } from '../log-file/step-tally.ts';
import type { MetricSource, Minute } from '../source.ts';
import { Faults } from './faults.ts';
import { parseRequest } from './line.ts';
import type { SlotOf } from './slots.ts';
import { SlotTally } from './tally.ts';

/** Bytes: a long conversation and its answer. */
export const LONGEST_REQUEST = 16 * 1024 * 1024;

/** A structured request log as a source of figures: requests, errors, durations, tokens, and answers that are no good. */
export class RequestLog implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly counts = true;
  readonly #log: RotatedLog;
  readonly #slotOf: SlotOf;
  #tally: StepTally<SlotTally>;
  #faults = new Faults();
  #from = 0;

  constructor({ path, slotOf, step = 60_000 }: { path: string; slotOf: SlotOf; step?: number | undefined }) {
    this.name = `request log ${path}`;
    this.step = step;
    this.#slotOf = slotOf;
    this.#tally = this.#empty();
    this.#log = new RotatedLog({
      path,
      kind: 'request log',
      timeOf: requestTime,
      take: (line, cut) => this.#take(line, cut),
      forget: (from) => this.#forget(from),
      longestLine: LONGEST_REQUEST,
    });
  }

  now(signal?: AbortSignal): Promise<Date> {
    return this.#log.now(signal);
  }

  async window(from: Date, to: Date, signal?: AbortSignal): Promise<Minute[]> {
    const start = Math.ceil(from.getTime() / this.step) * this.step;
    await this.#log.readFrom(start, signal);
    return this.#tally.between(start, to);
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
    this.#tally.saw(request.time);
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
    this.#tally.at(request.time, slot).add(request);
  }

  #empty(): StepTally<SlotTally> {
    return new StepTally(this.step, () => new SlotTally());
  }

  #forget(from: number): void {
    this.#tally = this.#empty();
    this.#faults = new Faults();
    this.#from = from;
  }
}

/** When the request of a line ended, Unix milliseconds. */
export function requestTime(line: string): number | undefined {
  const request = parseRequest(line);
  return typeof request === 'string' ? undefined : request.time;
}
