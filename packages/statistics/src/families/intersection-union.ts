import { holm } from './step-wise.ts';

/** What one gate's two one-sided tests said. */
export type GateEvidence = {
  /** p-value of "the gate holds". */
  readonly pHolds: number;
  /** p-value of "the gate is violated". */
  readonly pViolated: number;
};

export type FamilyDecision = {
  readonly decision: 'approve' | 'reject' | 'undecided';
  /** One entry a gate, in the order given. */
  readonly gates: readonly ('approve' | 'reject' | 'undecided')[];
  /** Holm-adjusted p-values of violation. */
  readonly adjustedViolation: readonly number[];
};

/**
 * The family rule. Approve: every gate proven, each at alpha (intersection-union, no correction). Reject: one gate
 * shown to be violated, after Holm. Else, and with no gates at all, undecided.
 */
export function decideFamily(gates: readonly GateEvidence[], alpha: number): FamilyDecision {
  const adjustedViolation = holm(gates.map((gate) => gate.pViolated));
  const decisions = gates.map((gate, i) => {
    if ((adjustedViolation[i] as number) <= alpha) return 'reject';
    return gate.pHolds <= alpha ? 'approve' : 'undecided';
  });
  const all = decisions.length > 0 && decisions.every((decision) => decision === 'approve');
  const decision = decisions.includes('reject') ? 'reject' : all ? 'approve' : 'undecided';
  return { decision, gates: decisions, adjustedViolation };
}
