import type { Interval, Undecided } from '@sluice/statistics';

/** A test of a mean or of a difference of means, chosen by the data. */
export interface Test {
  readonly kind: 'test';
  /** What it is called in a report. */
  readonly name: string;
  readonly estimate: number;
  /** At confidence `1 - 2 alpha`, so that each side is a one-sided bound at alpha. */
  readonly interval: Interval;
  /** p-value of "the truth is above `bound`". */
  above(bound: number): number;
  /** p-value of "the truth is below `bound`". */
  below(bound: number): number;
  /** Variance of one item, as far as the standard error shows it: n SE². */
  readonly itemVariance: number;
}

export interface TestOptions {
  /** One-sided level. */
  readonly alpha: number;
  /** Asked for in the gate: `bootstrap` for BCa. */
  readonly test: 'auto' | 'bootstrap';
  /** How many hypotheses the family has, for tests that give intervals and no p-values. */
  readonly family: number;
}

export type TestResult = Test | Undecided;
