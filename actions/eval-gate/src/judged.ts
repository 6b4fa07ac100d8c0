import type { BesideCandidate, GateReport, Look, Results } from '@sluice/evaluation';
import type { Stopped } from './early.ts';
import type { Cached } from './evaluation/cache.ts';

/** The candidate's name among the variants, and the others' figures. */
export interface VariantsBeside {
  readonly candidate: string;
  readonly others: readonly BesideCandidate[];
}

/** The candidate's results and what the gates say of them. */
export interface Judged {
  readonly candidate: Results;
  readonly baseline: Results | null;
  readonly report: GateReport;
  readonly claimed: boolean;
  /** Seconds that the evaluation took, where this step ran it or took it from its cache. */
  readonly seconds: number | null;
  /** Where the evaluation stopped, where it was allowed to stop early. */
  readonly stopped: Stopped | null;
  /** Where it was taken from, where it was made before. */
  readonly cached: Cached | null;
  /** What was evaluated beside the candidate. */
  readonly variants: VariantsBeside | null;
}

/** Asks the gates. */
export type DecideOn = (candidate: Results, baseline: Results | null, look?: Look) => Promise<GateReport>;
