import { RotatedLog } from '../log-file/rotated-log.ts';
import { StepTally } from '../log-file/step-tally.ts';
import type { MetricSource, Minute } from '../source.ts';
import { parseLine } from './line.ts';
import { SlotTally } from './tally.ts';

export interface AccessLogOptions {
  readonly path: string;
  /** Names of the backends as the log has them. Default: `stable` and `canary`. */
  readonly stable?: string;
  readonly canary?: string;
  /** Only requests of this frontend count. Default: all. */
  readonly frontend?: string;
  /** Milliseconds. Default: one minute. */
  readonly step?: number;
  /** Computes a user's bucket from its cell, so that requests before a rollout are sorted by the rollout's own salt. */
  readonly bucketOf?: (cell: number) => number;
}

/** A gateway's JSON access log, read where it is written, with its rotated files. */
export class AccessLog implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly counts = true;
  readonly #options: AccessLogOptions;
  readonly #log: RotatedLog;
  #tally: StepTally<SlotTally>;
  #from = 0;
  #lines = 0;
  #garbled = 0;
  #elsewhere = new Set<string>();
  #ours = 0;

  constructor(options: AccessLogOptions) {
    const { path } = options;
    this.#options = options;
    this.name = `access log ${path}`;
    this.step = options.step ?? 60_000;
    this.#tally = this.#empty();
    this.#log = new RotatedLog({
      path,
      kind: 'access log',
      timeOf,
      take: (line, cut) => this.#take(line, cut),
      forget: (from) => this.#forget(from),
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
    const notes = [...this.#log.problems];
    if (this.#garbled > 0)
      notes.push(`${this.#garbled} of ${this.#lines} lines are cut off or no JSON and were not counted`);
    if (this.#ours === 0 && this.#elsewhere.size > 0) {
      const { stable = 'stable', canary = 'canary' } = this.#options;
      const others = [...this.#elsewhere].join(', ');
      notes.push(`no request went to backend ${stable} or ${canary}; the log names ${others}`);
    }
    return notes;
  }

  #take(line: string, cut: boolean): void {
    const entry = parseLine(line);
    if (cut && typeof entry === 'string') return;
    this.#lines++;
    if (entry === 'garbled') this.#garbled++;
    if (typeof entry === 'string') return;
    this.#tally.saw(entry.time);
    if (entry.time < this.#from) return;
    const { frontend, stable = 'stable', canary = 'canary', bucketOf } = this.#options;
    if (frontend !== undefined && entry.frontend !== undefined && entry.frontend !== frontend) return;
    const slot = entry.backend === stable ? 'stable' : entry.backend === canary ? 'canary' : undefined;
    if (!slot) {
      if (this.#elsewhere.size < 5) this.#elsewhere.add(entry.backend);
      return;
    }
    this.#ours++;
    const bucket = bucketOf && entry.cell !== undefined ? bucketOf(entry.cell) : entry.bucket;
    this.#tally.at(entry.time, slot).add(entry, bucket);
  }

  #empty(): StepTally<SlotTally> {
    return new StepTally(this.step, () => new SlotTally());
  }

  #forget(from: number): void {
    this.#tally = this.#empty();
    this.#from = from;
    this.#lines = 0;
    this.#garbled = 0;
    this.#ours = 0;
    this.#elsewhere = new Set();
  }
}

function timeOf(line: string): number | undefined {
  const entry = parseLine(line);
  return typeof entry === 'string' ? undefined : entry.time;
}
