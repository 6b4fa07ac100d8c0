import type { Plan } from '../plan/plan.ts';
import type { Policy } from '../policy/policy.ts';
import type { SequentialEvidence } from '../sequential/evidence.ts';
import { sequentialJudge } from '../sequential/judge.ts';
import { silentNotes, waitingNotes } from '../sequential/notes.ts';
import { type ClassicEvidence, classicJudge } from './classic.ts';
import type { Judge } from './judge.ts';

/** What a judge knows after some intervals. Plain JSON; lies in the state between ticks. */
export type Evidence = ClassicEvidence | SequentialEvidence;

/** The judge of a policy over a plan. It reads only evidence that it began itself. */
export function judgeOf(policy: Policy, plan: Plan): Judge<Evidence> {
  const judge =
    policy.kind === 'classic'
      ? classicJudge(policy)
      : sequentialJudge(
          policy,
          plan.map((stage) => stage.soakMs),
        );
  return judge as Judge<Evidence>;
}

/** What a reader must know of what is judged, on how long a past, and of what is not judged. */
export const notesOf = (evidence: Evidence): readonly string[] =>
  evidence.kind === 'classic' ? [] : [...evidence.notes, ...waitingNotes(evidence), ...silentNotes(evidence)];
