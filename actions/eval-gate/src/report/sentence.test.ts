import type { GateOutcome, GateSpec } from '@sluice/evaluation';
import { describe, expect, it } from 'vitest';
import type { Judgement } from '../judge.ts';
import { sentenceOf } from './sentence.ts';

const outcome = (more: Partial<GateOutcome>): GateOutcome => ({
  name: 'accuracy not worse than baseline',
  gate: 0,
  metric: 'all/accuracy',
  slice: null,
  decision: 'reject',
  reason: 'a reason',
  candidate: 0.66,
  baseline: 0.738,
  estimate: -0.078,
  interval: null,
  threshold: -0.03,
  test: 't',
  n: 600,
  unused: { onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: 0 },
  pHolds: null,
  pViolated: null,
  power: null,
  ...more,
});
const say = (specs: readonly Partial<GateSpec>[], ...gates: readonly GateOutcome[]) => {
  const decision = ['reject', 'undecided', 'approve'].find((d) => gates.some((g) => g.decision === d));
  return sentenceOf({
    gates: { gates: specs },
    report: { decision, gates, sentence: 'fallback' },
  } as unknown as Pick<Judgement, 'report' | 'gates'>);
};
const notWorse = { metric: 'accuracy', 'not-worse-than': 'baseline', margin: 0.03 } as const;

describe('the decision in a sentence', () => {
  it('says what may be deployed', () => {
    const ok = outcome({ decision: 'approve', candidate: 0.75 });
    const alone = outcome({ decision: 'approve', baseline: null });
    expect(say([notWorse], alone)).toBe('The candidate may be deployed: the gate holds.');
    expect(say([notWorse], alone, ok)).toBe(
      'The candidate may be deployed: all 2 gates hold; accuracy is 75 % against 73.8 % for the version in use.',
    );
  });

  it.each<[string, Partial<GateSpec>, Partial<GateOutcome>]>([
    [
      'accuracy is 66 % against 73.8 % for the version in use, and a loss of at most 3 percentage points is allowed',
      notWorse,
      {},
    ],
    [
      'accuracy for zh is 48 % against 76 % for the version in use, and no loss is allowed',
      { 'not-worse-than': 'baseline' },
      { slice: 'zh', candidate: 0.48, baseline: 0.76 },
    ],
    [
      'accuracy is 66 % against 73.8 % for the version in use, and a loss of at most 1 percentage point is allowed',
      { ...notWorse, margin: 0.01 },
      {},
    ],
    [
      'ms-swift/eval_loss is 0.95, and at most 0.8 is asked for',
      { 'at-most': 0.8 },
      { metric: 'ms-swift/eval_loss', candidate: 0.95, baseline: null, threshold: 0.8 },
    ],
    [
      'helpfulness is 3.644 against 3.752 for the version in use, and it has to be better',
      { 'better-than': 'baseline' },
      { metric: 'helpfulness', candidate: 3.644, baseline: 3.752 },
    ],
    [
      'latency_p99_ms is 612, and at most 500 is asked for',
      { 'at-most': 500 },
      { metric: 'latency_p99_ms', candidate: 612, baseline: null, threshold: 500 },
    ],
    [
      'gsm8k/acc is 40 %, and at least 45 % is asked for with certainty',
      { 'at-least': 0.45, proven: true },
      { metric: 'gsm8k/acc', candidate: 0.4, baseline: null, threshold: 0.45 },
    ],
    ['accuracy not worse than baseline — a reason', notWorse, { candidate: null }],
  ])('%s', (text, spec, gate) => {
    expect(say([spec], outcome(gate))).toBe(`The candidate must not be deployed: ${text}.`);
  });

  it('the whole says more than a slice, and what else fails is counted', () => {
    const slice = outcome({ slice: 'zh', candidate: 0.1 });
    expect(say([notWorse], slice, outcome({}))).toMatch(
      /: accuracy is 66 %.*allowed; one more gate fails\.$/,
    );
    expect(say([notWorse], slice, slice, outcome({}))).toMatch(/; 2 more gates fail\.$/);
    // a gate that no document lists, such as leakage
    const leakage = outcome({ gate: 7, name: 'leakage at most 0.01', reason: '9 of 600 items' });
    expect(say([notWorse], leakage)).toBe(
      'The candidate must not be deployed: leakage at most 0.01 — 9 of 600 items.',
    );
  });

  it('what is open says what it would take', () => {
    const power = { detectable: null, provable: null, itemsNeeded: 1162, chance: null };
    const open = outcome({ decision: 'undecided', power });
    expect(say([notWorse], open)).toBe(
      'Not decided, so not deployed: 600 items are too few to tell whether accuracy has fallen by more than 3 percentage points; about 1,162 items would decide it.',
    );
    expect(say([notWorse], outcome({ decision: 'undecided' }), open)).toBe(
      'Not decided, so not deployed: accuracy not worse than baseline — a reason; one more gate is open.',
    );
    expect(say([])).toBe('fallback');
  });
});
