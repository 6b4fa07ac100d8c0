import type { CanaryDecision } from '@sluice/contract';
import type { Report } from '@sluice/report';
import type { RolloutState } from '@sluice/rollout';

type Verdict = Report['verdict'];

const STATES: Readonly<Record<CanaryDecision, Verdict['state']>> = {
  advance: 'pass',
  complete: 'pass',
  hold: 'info',
  none: 'info',
  paused: 'undecided',
  undecided: 'undecided',
  rollback: 'fail',
};

/** What a reader is told first: how the rollout stands, then why. */
export function verdictOf(
  decision: CanaryDecision,
  reason: string,
  refused: boolean,
  { rollout }: RolloutState,
): Verdict {
  if (refused) return { state: 'fail', word: 'Not started', sentence: reason };
  return { state: STATES[decision], word: wordFor(decision, reason, rollout), sentence: reason };
}

function wordFor(decision: CanaryDecision, reason: string, rollout: RolloutState['rollout']): string {
  switch (decision) {
    case 'advance':
      return 'Running';
    case 'complete':
      return 'Complete';
    case 'rollback':
      return 'Rolled back';
    case 'paused':
      return 'Paused';
    case 'undecided':
      return 'Undecided';
    case 'none':
      if (rollout?.phase === 'rolled-back') return 'Rolled back';
      return rollout?.phase === 'complete' ? 'Live' : 'Nothing under way';
    case 'hold':
      if (rollout?.phase === 'watched') return 'Live, watched';
      // a soak that goes as it should is no trouble; anything else keeps users where they are
      return /^(soaking: |A\/B test at )/.test(reason) ? 'Running' : 'Holding';
  }
}
