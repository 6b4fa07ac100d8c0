import type { Arm } from '@sluice/statistics';
import type { GuardEvidence } from './guard-evidence.ts';

/** Requests in the last hour with which the live version is a control. */
const CONTROL = 20;

const EMPTY: Arm = { requests: 0, events: 0 };
const sum = (a: Arm, b: Arm): Arm => ({ requests: a.requests + b.requests, events: a.events + b.events });

/**
 * The candidate's last hour where it breaks a limit while next to nothing runs beside it: whether it is its fault or an incident of both
 * cannot be told, so nothing goes back and nothing goes on. `limit` is a share; from 1 on there is none.
 */
export function brokenAlone({ recent }: GuardEvidence, limit: number): Arm | undefined {
  if (limit >= 1) return undefined;
  const live = recent.map((block) => block.live).reduce(sum, EMPTY);
  const candidate = recent.map((block) => block.candidate).reduce(sum, EMPTY);
  if (live.requests >= CONTROL || candidate.requests < CONTROL) return undefined;
  return candidate.events > limit * candidate.requests ? candidate : undefined;
}
