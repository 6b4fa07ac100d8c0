import { duration } from '@sluice/contract';
import type { Arm } from '@sluice/statistics';
import { addTotals, NOTHING, type Totals } from '../judge/totals.ts';
import type { RoleMinute } from '../observations/minute.ts';
import { type GuardName, guardNames, type SequentialPolicy } from '../policy/policy.ts';
import { blockLength } from './bursts.ts';
import { alphaShares, eventsOf, isSlowGuard, slowThreshold } from './events.ts';
import { type Block, type GuardEvidence, newGuard } from './guard.ts';
import { type BurstWatch, blockAsked, watchBursts } from './longer-bursts.ts';
import { pastOf } from './past.ts';
import { type UserPast, userPast } from './users.ts';

/** What the sequential judge knows after some intervals. Plain JSON. */
export interface SequentialEvidence {
  readonly kind: 'sequential';
  /** Intervals of the live version's past that the judge was given. */
  readonly history: number;
  readonly guards: { readonly [G in GuardName]?: GuardEvidence };
  /** The live version so far, from which thresholds of slowness are taken. */
  readonly seen: { readonly latency: Totals; readonly ttft: Totals; readonly tpot: Totals };
  /** The newest intervals that together hold enough requests of the candidate for the hard guard. */
  readonly newest: readonly Block[];
  /** `null` where requests are taken as independent. */
  readonly bursts: BurstWatch | null;
  /** The live version's past by user, where the source tells users apart. */
  readonly users: UserPast | null;
  /** What a reader must know of the judge: short history, long blocks, guards without figures. */
  readonly notes: readonly string[];
}

/** A day of history makes the past worth ranking against. */
const ENOUGH_HISTORY_MS = 86_400_000;
/** Block length where no history tells how long bursts are: it grows with those that are seen on the way. */
const BLIND_BLOCK = 1;
/** Blocks that the comparison needs at least: each adds at most ln 2. */
const FEWEST_BLOCKS = 7;

const slowGuards = guardNames.filter(isSlowGuard);

type Seen = SequentialEvidence['seen'];

const NOTHING_SEEN: Seen = { latency: NOTHING, ttft: NOTHING, tpot: NOTHING };

/** The live version's figures of slowness, with those of more intervals. */
export function addSeen(seen: Seen, minutes: readonly RoleMinute[]): Seen {
  const sum = { ...seen };
  for (const { live } of minutes)
    for (const guard of slowGuards) {
      const { [guard]: latency, requests, errors } = live;
      if (latency) sum[guard] = addTotals(sum[guard], { requests, errors, latency });
    }
  return sum;
}

/** What a guard counts in each interval of the live version's past that holds its figures. */
function eventsIn(history: readonly RoleMinute[], guard: GuardName, threshold: number | null): Arm[] {
  const events: Arm[] = [];
  for (const { live } of history) {
    const arm = eventsOf(guard, live, threshold);
    if (arm) events.push(arm);
  }
  return events;
}

/** Evidence before the first interval. `stages` are the plan's soaks in ms. */
export function beginEvidence(
  policy: SequentialPolicy,
  soaks: readonly number[],
  given: readonly RoleMinute[],
): SequentialEvidence {
  // a slot that stood empty has no past in those intervals
  const history = given.filter((m) => m.live.requests > 0);
  const interval = duration.parse(policy.interval);
  const independent = policy.assume === 'independent';
  const seen = addSeen(NOTHING_SEEN, history);
  const ranked = !independent && history.length * interval >= ENOUGH_HISTORY_MS;
  const thresholds = new Map<GuardName, number | null>(
    slowGuards.map((g) => [g, slowThreshold(seen[g].latency, seen[g].requests, policy[g].times)]),
  );
  const asked = guardNames.filter((g) => policy.guards.includes(g) || g === 'errors');
  const pasts = new Map(asked.map((g) => [g, eventsIn(history, g, thresholds.get(g) ?? null)]));
  // without a past nothing tells yet which figures will come
  const judged = guardNames.filter((g) => history.length === 0 || (pasts.get(g) ?? []).length > 0);
  const bursts = independent ? null : watchBursts(pasts.get('errors') ?? []);
  const blockOf = (guard: GuardName, past: readonly Arm[]) => {
    if (independent) return 1;
    if (past.length === 0) return BLIND_BLOCK;
    return guard === 'errors' && bursts && bursts.early.length === 0 ? blockAsked(bursts) : blockLength(past);
  };
  const whole = (1.25 * soaks.reduce((a, b) => a + b, 0)) / interval;
  const guards: { [G in GuardName]?: GuardEvidence } = {};
  for (const [guard, alpha] of alphaShares(policy, judged)) {
    const mine = pasts.get(guard) ?? [];
    const block = blockOf(guard, mine);
    guards[guard] = newGuard(
      alpha,
      thresholds.get(guard) ?? null,
      ranked ? pastOf(mine, block) : null,
      block,
      Math.max(1, Math.ceil(whole / block)),
      blocksInAnHour(interval, block),
      policy.assume,
    );
  }
  return {
    kind: 'sequential',
    history: history.length,
    guards,
    seen,
    newest: [],
    bursts,
    users: userPast(history),
    notes: notesOn(policy, soaks, { guards, history: history.length, ranked, judged }),
  };
}

/** At least one. */
export const blocksInAnHour = (interval: number, block: number): number =>
  Math.max(1, Math.ceil(3_600_000 / interval / block));

function notesOn(
  policy: SequentialPolicy,
  soaks: readonly number[],
  found: {
    guards: SequentialEvidence['guards'];
    history: number;
    ranked: boolean;
    judged: readonly GuardName[];
  },
): string[] {
  const interval = duration.parse(policy.interval);
  const notes: string[] = [];
  const blocks = guardNames.flatMap((g) =>
    found.guards[g] ? [{ guard: g, length: found.guards[g].block }] : [],
  );
  const lengths = blocks.map(({ guard, length }) => `${length} (${guard})`).join(', ');
  const longest = Math.max(1, ...blocks.map((b) => b.length));
  const days = ((found.history * interval) / 86_400_000).toFixed(1);
  if (policy.assume === 'bursts') {
    notes.push(
      found.history === 0
        ? `no history of the live version: blocks of ${BLIND_BLOCK} x ${policy.interval} until a burst of its errors is seen; longer ones of the candidate alone may roll it back before that`
        : `${days} days of history: blocks of ${lengths} x ${policy.interval}`,
    );
    if (!found.ranked)
      notes.push('less than a day of history: no ranks among past blocks, detection is slower');
    soaks.forEach((soak, i) => {
      if (soak < FEWEST_BLOCKS * longest * interval)
        notes.push(
          `stage ${i + 1} soaks for ${duration.format(soak)}, less than ${FEWEST_BLOCKS} blocks: it cannot decide by comparison alone`,
        );
    });
  }
  const missing = policy.guards.filter((g) => !found.judged.includes(g));
  if (missing.length > 0) notes.push(`not judged, the history holds no figures: ${missing.join(', ')}`);
  return notes;
}
