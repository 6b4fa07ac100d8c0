import type { RoleMinute } from '../observations/minute.ts';
import type { Policy } from '../policy/policy.ts';
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
export type Evidence = ClassicEvidence;

export interface Judgement<E> {
  readonly evidence: E;
  readonly alarm: Alarm | null;
  readonly readings: readonly GuardReading[];
}

/** Where in the plan the intervals were served. */
export interface StageContext {
  readonly last: boolean;
}

/**
 * Turns intervals into evidence. It is fed every interval once, in order, however irregular the looks are,
 * so that its verdict does not depend on when one looked.
 */
export interface Judge<E> {
  /** Evidence before the first interval; `history` is the live version's past, oldest first. */
  begin(history: readonly RoleMinute[]): E;
  observe(evidence: E, minutes: readonly RoleMinute[], at: StageContext): Judgement<E>;
  /** Why the evidence does not allow the last stage yet; nothing where it does. */
  unproven(evidence: E): string | undefined;
}

/** The judge of a policy. */
export function judgeOf(policy: Policy): Judge<Evidence> {
  return classicJudge(policy as never) as unknown as Judge<Evidence>;
}
