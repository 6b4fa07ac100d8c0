import type { Decision } from '@sluice/contract';
import { holm } from '@sluice/statistics';
import type { Evidence } from './evidence.ts';

/**
 * The family rule. Approve: every gate, each at alpha without correction (an intersection-union test: all must hold, so
 * no gate can be a false approve by itself more often than alpha). Reject: one gate shown to be violated, after Holm
 * over all gates that are tested, or an estimate that its gate misses. Else, and with no gates at all, undecided.
 */
export function decideGates(
  evidence: readonly Evidence[],
  alpha: number,
): { decisions: Decision[]; decision: Decision } {
  const tested = evidence.map((e) => e.verdict.kind === 'prove' || e.verdict.kind === 'not-shown-worse');
  const adjusted = holm(
    evidence.filter((_, i) => tested[i]).map((e) => Math.min(1, Math.max(0, e.pViolated ?? 1))),
  );
  let next = 0;
  const decisions = evidence.map((e, i) =>
    decideOne(e, alpha, tested[i] ? (adjusted[next++] as number) <= alpha : false),
  );
  return { decisions, decision: overall(decisions) };
}

function decideOne({ verdict, pHolds }: Evidence, alpha: number, violated: boolean): Decision {
  switch (verdict.kind) {
    case 'undecided':
      return 'undecided';
    case 'estimate':
      return verdict.holds ? 'approve' : 'reject';
    case 'not-shown-worse':
      return violated ? 'reject' : 'approve';
    case 'prove':
      if (violated) return 'reject';
      return pHolds !== null && pHolds <= alpha ? 'approve' : 'undecided';
  }
}

/** Reject where one is, approve where all are, else undecided. */
export function overall(decisions: readonly Decision[]): Decision {
  if (decisions.includes('reject')) return 'reject';
  return decisions.length > 0 && decisions.every((d) => d === 'approve') ? 'approve' : 'undecided';
}
