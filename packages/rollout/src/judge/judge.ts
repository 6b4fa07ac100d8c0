import type { RoleMinute } from '../observations/minute.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy } from '../policy/policy.ts';
import type { SequentialEvidence } from '../sequential/evidence.ts';
import { sequentialJudge } from '../sequential/judge.ts';
import type { UserRange } from '../sequential/users.ts';
import { type ClassicEvidence, classicJudge } from './classic.ts';

/** Why a candidate must go back. */
export interface Alarm {
  readonly guard: string;
  readonly reason: string;
}

/** Where a guard stands, for reports: it trips when `value` reaches `threshold`. */
export interface GuardReading {
  readonly guard: string;
  readonly value: number;
  readonly threshold: number;
  readonly text: string;
}

/** What a judge knows after some intervals. Plain JSON; lies in the state between ticks. */
export type Evidence = ClassicEvidence | SequentialEvidence;

export interface Judgement<E> {
  readonly evidence: E;
  readonly alarm: Alarm | null;
}

/**
 * Turns intervals into evidence. It is fed every interval once, in order, however irregular the looks are,
 * so that its verdict does not depend on when one looked.
 */
export interface Judge<E> {
  /** Evidence before the first interval; `history` is the live version's past, oldest first. */
  begin(history: readonly RoleMinute[]): E;
  /** `users`: whom the candidate served in these intervals, where the router keeps users together. */
  observe(evidence: E, minutes: readonly RoleMinute[], users?: UserRange): Judgement<E>;
  /** Where each guard stands. */
  readings(evidence: E): readonly GuardReading[];
  /** Why the evidence does not allow the last stage yet; nothing where it does. */
  unproven(evidence: E): string | undefined;
}

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
