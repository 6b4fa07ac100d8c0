import type { Env } from '@sluice/host';

/** ok; warn: works, but look at it; missing: not there, or does not work; off: not set up, so not looked at. */
export type State = 'ok' | 'warn' | 'missing' | 'off';

/** One line of the doctor's report. */
export interface Finding {
  readonly name: string;
  readonly state: State;
  /** What was found. */
  readonly found: string;
  /** What to do; only where there is something to do. */
  readonly advice?: string;
}

/** What the doctor was asked to look at. */
export interface Patient {
  readonly env: Env;
  readonly workspace: string;
  readonly trackingUri: string | undefined;
  readonly router: string;
  readonly target: string | undefined;
  readonly prometheus: string | undefined;
}

/** Every look has an end: a system that does not answer in this time does not answer. */
export const lookMs = 8_000;
