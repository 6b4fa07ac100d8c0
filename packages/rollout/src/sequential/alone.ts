import type { Arm } from '@sluice/statistics';
import { addBlock, EMPTY_BLOCK } from './guard.ts';
import type { GuardEvidence } from './guard-evidence.ts';

/** Requests with which the live version is a control, or this part of the candidate's. */
const CONTROL = 20;
const PART = 0.005;
/** Events that are no chance. */
const FEWEST = 3;

/**
 * The candidate's last hour, or as much of it as lies in this stage, where it breaks a limit while next to nothing runs beside it: whether it
 * is its fault or an incident of both cannot be told, so nothing goes back and nothing goes on. `limit` is a share, from 1 on there is none;
 * `intervals` is how long the stage has been.
 */
export function brokenAlone(
  { recent, block }: GuardEvidence,
  limit: number,
  intervals: number,
): Arm | undefined {
  const blocks = Math.floor(intervals / block);
  if (limit >= 1 || blocks < 1) return undefined;
  const { live, candidate } = recent.slice(-blocks).reduce(addBlock, EMPTY_BLOCK);
  if (live.requests >= CONTROL || live.requests > PART * candidate.requests) return undefined;
  if (candidate.requests < CONTROL || candidate.events < FEWEST) return undefined;
  return candidate.events > limit * candidate.requests ? candidate : undefined;
}
