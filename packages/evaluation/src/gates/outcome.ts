import type { Decision } from '@sluice/contract';
import type { Interval } from '@sluice/statistics';
import type { Agreement } from '../review/agreement/agreement.ts';
import type { ReviewSummary } from '../review/count/summary.ts';
import type { RepeatsSplit } from './repeats.ts';

/** How the data and the test speak of one gate, or of one slice of it. */
export interface GateOutcome {
  /** The gate's name; with ` [slice]` behind it where it is one slice of a gate. */
  readonly name: string;
  /** Which gate of the document, from 0. */
  readonly gate: number;
  readonly metric: string;
  readonly slice: string | null;
  readonly decision: Decision;
  /** One sentence for people. */
  readonly reason: string;
  readonly candidate: number | null;
  readonly baseline: number | null;
  /** What is judged: the candidate's figure, or the difference candidate - baseline. */
  readonly estimate: number | null;
  /** The interval that decides, at `2 confidence - 1` (90 % for a one-sided 5 %). */
  readonly interval: Interval | null;
  /** The bound that the estimate, or where proven the interval, must keep to. */
  readonly threshold: number;
  /** Which test was chosen, in words. */
  readonly test: string;
  /** Items (pairs for a comparison) that the test rests on. */
  readonly n: number;
  /** Items that could not be used, and why. */
  readonly unused: Unused;
  readonly pHolds: number | null;
  readonly pViolated: number | null;
  /** What this number of items can show. */
  readonly power: Power | null;
  /** How the metric agrees with the human sample; absent where that was not asked. */
  readonly agreement?: Agreement | null;
  /** Where the variance comes from; absent unless both sides answered items several times. */
  readonly repeats?: RepeatsSplit;
}

export interface Unused {
  readonly onlyInCandidate: number;
  readonly onlyInBaseline: number;
  /** Items of the candidate or the baseline that have no score: errors of the evaluator, NaN, unscored. */
  readonly withoutScore: number;
}

export interface Power {
  /** The smallest true difference that these items show with the wanted power; null where it cannot be said. */
  readonly detectable: number | null;
  /** The smallest margin that these items prove when nothing changed. */
  readonly provable: number | null;
  /** Items that would decide this gate with the wanted power if the truth were the estimate; null: no number does. */
  readonly itemsNeeded: number | null;
  /** The chance to prove this gate when the candidate is as good as the baseline. */
  readonly chance: number | null;
}

/** The decision of a whole gates document. */
export interface GateReport {
  readonly decision: Decision;
  /** The decision as a sentence that needs no statistics to be understood. */
  readonly sentence: string;
  readonly gates: readonly GateOutcome[];
  readonly confidence: number;
  readonly comparability: Comparability;
  /** The chance that all proven gates are proven at once when nothing changed: product, and the bound without independence. */
  readonly jointPower: { readonly independent: number; readonly atLeast: number } | null;
  /** The human review, where there is one. */
  readonly review?: ReviewSummary | null;
  readonly notes: readonly string[];
}

export interface Comparability {
  readonly comparable: boolean;
  /** Why not, one sentence each. */
  readonly reasons: readonly string[];
  /** The first item that differs, as text. */
  readonly firstDifference: string | null;
}
