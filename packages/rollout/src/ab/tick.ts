import { inWords } from '@sluice/contract';
import type { Plan } from '../plan/plan.ts';
import type { Rollout } from '../state/state.ts';
import { comparison, comparisonSentence, nothingCompared } from './comparison.ts';
import { type Compare, compareFields } from './metric.ts';

/** What an A/B test compares by; nothing for a canary. */
export function compareOf({ policy }: Pick<Rollout, 'policy'>): Compare | undefined {
  return policy.mode === 'ab' ? (policy.compare ?? compareFields.parse({})) : undefined;
}

/**
 * What an A/B test says at its last stage instead of a promotion: the split stays as it is, for as long as nobody decides.
 * Nothing where there is a further stage to enter, or no test.
 */
export function comparedSoFar(rollout: Rollout, plan: Plan, soakedMs: number): string | undefined {
  const compare = compareOf(rollout);
  const stage = plan[rollout.stage];
  if (!compare || !stage || rollout.stage < plan.length - 1) return undefined;
  const found = comparisonSentence(comparison(rollout.comparison ?? nothingCompared, compare));
  const left = stage.soakMs - soakedMs;
  return left > 0
    ? `A/B test at ${rollout.weight} %, ${inWords(left)} left: ${found}`
    : `A/B test over: ${found}. Nothing is promoted; end it with command abort`;
}
