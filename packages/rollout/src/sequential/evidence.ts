import { duration } from '@sluice/contract';
import type { Arm } from '@sluice/statistics';
import type { RoleMinute } from '../observations/minute.ts';
import type { GuardName } from '../policy/guards.ts';
import type { SequentialPolicy } from '../policy/policy.ts';
import { blockLength } from './bursts.ts';
import { alphaShares, eventsOf, guardsOf, thresholdOf } from './events.ts';
import { beginFurther, type FurtherEvidence } from './further.ts';
import { newGuard } from './guard.ts';
import type { Block, GuardEvidence } from './guard-evidence.ts';
import { type BurstWatch, blockAsked, watchBursts } from './longer-bursts.ts';
import { BLIND_BLOCK, notesOn } from './notes.ts';
import { pastOf } from './past.ts';
import { addSeen, NOTHING_SEEN, type Seen, seenBy, waitsFor } from './seen.ts';
import { type UserPast, userPast } from './users.ts';

/** What the sequential judge knows after some intervals. Plain JSON. */
export interface SequentialEvidence {
  readonly kind: 'sequential';
  /** Intervals of the live version's past that the judge was given. */
  readonly history: number;
  readonly guards: { readonly [G in GuardName]?: GuardEvidence };
  /** Those of them that the history says nothing of, although there is one. */
  readonly blind?: readonly GuardName[];
  readonly seen: Seen;
  /** The newest intervals that together hold enough requests of the candidate for the hard guard. */
  readonly newest: readonly Block[];
  /** `null` where requests are taken as independent. */
  readonly bursts: BurstWatch | null;
  /** The live version's past by user, where the source tells users apart. */
  readonly users: UserPast | null;
  readonly further: FurtherEvidence;
  /** What a reader must know of the judge: short history, long blocks, guards without figures. */
  readonly notes: readonly string[];
}

/** A day of history makes the past worth ranking against. */
export const ENOUGH_HISTORY_MS = 86_400_000;
/** What a guard counts in each interval of the live version's past that holds its figures. */
function eventsIn(history: readonly RoleMinute[], guard: GuardName, threshold: number | null): Arm[] {
  const events: Arm[] = [];
  for (const { live } of history) {
    const arm = eventsOf(guard, live, threshold);
    if (arm) events.push(arm);
  }
  return events;
}

/** Evidence before the first interval. `soaks` are the plan's, in ms; guards that are `expected` get figures, whatever the past holds. */
export function beginEvidence(
  policy: SequentialPolicy,
  soaks: readonly number[],
  given: readonly RoleMinute[],
  expected: readonly GuardName[] = [],
): SequentialEvidence {
  // a slot that stood empty has no past in those intervals
  const history = given.filter((m) => m.live.requests > 0);
  const interval = duration.parse(policy.interval);
  const independent = policy.assume === 'independent';
  const seen = addSeen(NOTHING_SEEN, history);
  const ranked = !independent && history.length * interval >= ENOUGH_HISTORY_MS;
  const asked = guardsOf(policy);
  const thresholds = new Map(
    asked.map((g) => {
      const figures = seenBy(g, seen);
      return [g, figures ? thresholdOf(g, policy, figures) : null];
    }),
  );
  const pasts = new Map(asked.map((g) => [g, eventsIn(history, g, thresholds.get(g) ?? null)]));
  const errors = pasts.get('errors') ?? eventsIn(history, 'errors', null);
  // without a past nothing tells yet which figures will come
  const known = (g: GuardName) => (pasts.get(g) ?? []).length > 0;
  const judged = asked.filter(
    (g) => history.length === 0 || known(g) || expected.includes(g) || waitsFor(g, seen),
  );
  const blind = history.length === 0 ? [] : judged.filter((g) => !known(g));
  const bursts = independent ? null : watchBursts(errors);
  const blockOf = (guard: GuardName, past: readonly Arm[]) => {
    if (independent) return 1;
    if (past.length > 0 || guard === 'errors') return ownBlock(guard, past);
    return errors.length > 0 ? ownBlock('errors', errors) : BLIND_BLOCK;
  };
  const ownBlock = (guard: GuardName, past: readonly Arm[]) => {
    if (past.length === 0) return BLIND_BLOCK;
    return guard === 'errors' && bursts && bursts.early.length === 0 ? blockAsked(bursts) : blockLength(past);
  };
  const whole = (1.25 * soaks.reduce((a, b) => a + b, 0)) / interval;
  const guards: { [G in GuardName]?: GuardEvidence } = {};
  const alphas = alphaShares(policy, judged);
  const horizonOf = (block: number) => Math.max(1, Math.ceil(whole / block));
  for (const guard of judged) {
    const alpha = alphas.get(guard) as number;
    const mine = pasts.get(guard) ?? [];
    const block = blockOf(guard, mine);
    guards[guard] = newGuard(
      alpha,
      thresholds.get(guard) ?? null,
      ranked ? pastOf(mine, block) : null,
      block,
      horizonOf(block),
      blocksInAnHour(interval, block),
      policy.assume,
    );
  }
  const block = blockOf('errors', errors);
  return {
    kind: 'sequential',
    history: history.length,
    guards,
    ...(blind.length > 0 ? { blind } : {}),
    seen,
    newest: [],
    bursts,
    users: userPast(history),
    further: beginFurther(policy, alphas, { block, horizon: horizonOf(block) }, history),
    notes: notesOn(policy, soaks, { guards, history: history.length, ranked, judged, blind, seen }),
  };
}

/** At least one. */
export const blocksInAnHour = (interval: number, block: number): number =>
  Math.max(1, Math.ceil(3_600_000 / interval / block));
