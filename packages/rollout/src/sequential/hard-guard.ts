import type { Alarm } from '../judge/judge.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { SequentialPolicy } from '../policy/policy.ts';
import { addBlock, type Block, EMPTY_BLOCK } from './guard.ts';

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
  const arm = ({ requests, errors }: RoleMinute['live']) => ({ requests, events: errors });
  let kept =
    candidate.requests > 0 ? [...newest, { live: arm(live), candidate: arm(candidate) }] : [...newest];
  const requests = () => kept.reduce((sum, b) => sum + b.candidate.requests, 0);
  while (kept.length > 1 && requests() - (kept[0] as Block).candidate.requests >= enough)
    kept = kept.slice(1);
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
