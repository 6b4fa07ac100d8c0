import { choosePaired, type PairedData, type TestResult } from '@sluice/evaluation';
import type { PairedCounts } from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides } from './decision.ts';

/** What the gates' own tests are asked with: no bootstrap, a single gate. */
export const GATE = { alpha: ALPHA, test: 'auto', family: 1 } as const;

/** Paired 0/1 scores of so many gains and losses, in the form that the gates read. */
export function pairedScores({ items, gains, losses }: PairedCounts): PairedData {
  return {
    candidate: Float64Array.from({ length: items }, (_, i) => Number(i < gains)),
    baseline: Float64Array.from({ length: items }, (_, i) => Number(i >= gains && i < gains + losses)),
    binary: true,
    clusters: null,
  };
}

/** The test that the gates choose for these data. */
export function gateTest(data: PairedData): TestResult {
  return choosePaired(data, GATE);
}

/** Not worse than the margin, by that test. */
export function notWorse(data: PairedData, margin: number): Decision {
  const test = gateTest(data);
  if (test.kind === 'undecided') return 'undecided';
  return decideBySides(test.above(-margin), test.below(-margin), ALPHA);
}
