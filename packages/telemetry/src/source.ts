import type { Histogram } from './histogram.ts';

/** Requests and errors by group of users: index 0 holds the first percent of the users that a weight reaches, 99 the last. */
export interface UserCounts {
  readonly requests: readonly number[];
  readonly errors: readonly number[];
}

/** What one slot did in one step of time. A field that is not there was not measured; it is never a zero. */
export interface Counts {
  /** All requests that ended, those that failed and those that clients gave up included. */
  readonly requests: number;
  /** 5xx, no answer, an answer cut off by the server, time-outs of the server. */
  readonly errors: number;
  /** Requests that clients gave up, before or while they were answered; no errors. */
  readonly aborted?: number;
  /** Milliseconds until a request ended, whoever ended it. */
  readonly latency?: Histogram;
  /** Milliseconds until the answer began, of those that began. */
  readonly first?: Histogram;
  /** Milliseconds per output token after the first; by request, or by token where the program counts those. */
  readonly perToken?: Histogram;
  /** By group of users, where the source tells them apart. */
  readonly users?: UserCounts;
  /** Answers that were empty, cut off at their longest length, or flagged, as far as the source knows of these. */
  readonly invalid?: number;
  /** Output tokens of the requests that ended, and the seconds that were spent on them, summed over requests. */
  readonly tokens?: { readonly count: number; readonly seconds: number };
  /** The highest of the slot's devices, percent: memory at its fullest, utilisation on average. */
  readonly gpu?: { readonly memory?: number; readonly utilisation?: number };
}

/** One step of metric time; a minute unless the source was opened with another step. */
export interface Minute {
  /** Its beginning, a whole multiple of the step since 1970. */
  readonly start: Date;
  readonly stable: Counts;
  readonly canary: Counts;
}

/** Where figures of the two slots come from. Time is the source's own. */
export interface MetricSource {
  /** What it reads, for people. */
  readonly name: string;
  /** Length of a {@link Minute}, milliseconds. */
  readonly step: number;
  /** False for one that knows no requests (a GPU's figures) and can only add to another. */
  readonly counts: boolean;
  /**
   * The whole steps that lie in [from, to) and are over by the source's clock, in order. A step without data is absent:
   * nothing was measured then.
   * @throws UserError, SystemError
   */
  window(from: Date, to: Date, signal?: AbortSignal): Promise<Minute[]>;
  /** The instant up to which the source has data. It stands still while nothing comes in. */
  now(signal?: AbortSignal): Promise<Date>;
  /** What a reader of the figures must know: lines that could not be read, parts that are missing. Empty: nothing. */
  notes(): readonly string[];
  /** Why the last window lacks a part of the figures that were asked for; undefined: it lacks none. */
  missing?(): string | undefined;
}
