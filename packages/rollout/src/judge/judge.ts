import type { RoleMinute } from '../observations/minute.ts';
import type { GuardName } from '../policy/guards.ts';
import type { UserRange } from '../sequential/users.ts';

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

export interface Judgement<E> {
  readonly evidence: E;
  readonly alarm: Alarm | null;
}

/**
 * Turns intervals into evidence. It is fed every interval once, in order, however irregular the looks are,
 * so that its verdict does not depend on when one looked.
 */
export interface Judge<E> {
  /**
   * Evidence before the first interval; `history` is the live version's past, oldest first, and `expected` are guards whose figures will
   * come although it holds none.
   */
  begin(history: readonly RoleMinute[], expected?: readonly GuardName[]): E;
  /** `users`: whom the candidate served in these intervals, where the router keeps users together. */
  observe(evidence: E, minutes: readonly RoleMinute[], users?: UserRange): Judgement<E>;
  /** Where each guard stands. */
  readings(evidence: E): readonly GuardReading[];
  /**
   * Why a stage that has been for `ms` may not end on what was seen, although nothing can be laid to the candidate alone; nothing where it
   * may.
   */
  doubt(evidence: E, ms: number): string | undefined;
  /** Why the evidence does not allow the last stage yet; nothing where it does. */
  unproven(evidence: E): string | undefined;
}
