import type { Alarm } from '../judge/judge.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { SequentialPolicy } from '../policy/policy.ts';
import { addBlock, EMPTY_BLOCK } from './guard.ts';
import type { Block } from './guard-evidence.ts';

/** The live version counts as well while it fails less than this part of the guard's limit. */
const WELL = 0.2;

/**
 * A plain outage: more than `above` percent of the newest requests failed, at least 20 of them, while the live version is well.
 * Returns the intervals to keep for the next look.
 */
export function hardGuard(
  policy: SequentialPolicy,
  newest: readonly Block[],
  { live, candidate }: RoleMinute,
): { newest: Block[]; alarm: Alarm | null } {
  const { above, 'min-requests': enough } = policy['hard-guard'];
  const kept = newest.slice();
  if (candidate.requests > 0)
    kept.push({
      live: { requests: live.requests, events: live.errors },
      candidate: { requests: candidate.requests, events: candidate.errors },
    });
  let requests = 0;
  for (const block of kept) requests += block.candidate.requests;
  for (let first = kept[0]; first && kept.length > 1; first = kept[0]) {
    requests -= first.candidate.requests;
    if (requests < enough) break;
    kept.shift();
  }
  const sum = kept.reduce(addBlock, EMPTY_BLOCK);
  const failing =
    sum.candidate.requests >= enough && 100 * sum.candidate.events > above * sum.candidate.requests;
  const well = sum.live.requests > 0 && 100 * sum.live.events < WELL * above * sum.live.requests;
  if (!failing || !well) return { newest: kept, alarm: null };
  return {
    newest: kept,
    alarm: {
      guard: 'hard-guard',
      reason: `${sum.candidate.events} of the newest ${sum.candidate.requests} requests failed (limit ${above} %), while the live version is well`,
    },
  };
}
