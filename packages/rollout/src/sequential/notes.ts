import { duration } from '@sluice/contract';
import { type GuardName, guardNames } from '../policy/guards.ts';
import type { SequentialPolicy } from '../policy/policy.ts';
import { allowsFault, ENOUGH_FOR_P99, guardsOf, histogramOf } from './events.ts';
import type { GuardEvidence } from './guard-evidence.ts';
import { endsTooLow, type Seen, waitsFor } from './seen.ts';

/** Block length where no history tells how long bursts are: it grows with those that are seen on the way. */
export const BLIND_BLOCK = 1;
/** Blocks that the comparison needs at least: each adds at most ln 2. */
const FEWEST_BLOCKS = 7;

/** What a reader must know of the judge before the first interval. */
export function notesOn(
  policy: SequentialPolicy,
  soaks: readonly number[],
  found: {
    guards: { readonly [G in GuardName]?: GuardEvidence };
    history: number;
    ranked: boolean;
    judged: readonly GuardName[];
    blind: readonly GuardName[];
    seen: Seen;
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
        ? `no history of the live version: blocks of ${BLIND_BLOCK} x ${policy.interval} until a burst of its errors is seen`
        : `${days} days of history: blocks of ${lengths} x ${policy.interval}`,
    );
    if (!found.ranked)
      notes.push(
        duration.parse(policy['longest-burst']) > 0
          ? `less than a day of history: no ranks among past blocks, and what the candidate alone shows counts once it has lasted ${policy['longest-burst']} (longest-burst), in case it is a burst`
          : 'less than a day of history: no ranks among past blocks, and a burst of the candidate alone may roll it back (longest-burst: 0s)',
      );
    soaks.forEach((soak, i) => {
      if (soak < FEWEST_BLOCKS * longest * interval)
        notes.push(
          `stage ${i + 1} soaks for ${duration.format(soak)}, less than ${FEWEST_BLOCKS} blocks: it cannot decide by comparison alone`,
        );
    });
  }
  if (allowsFault(policy))
    notes.push(
      `latency.times ${policy.latency.times} allows a P99 ${policy.detect['latency-times']} times as long (detect.latency-times): nothing asks that such a one be found before the last stage`,
    );
  if (found.blind.length > 0)
    notes.push(
      `the history does not tell what is usual, judged beside the live version alone: ${found.blind.join(', ')}`,
    );
  const missing = guardsOf(policy).filter((g) => !found.judged.includes(g));
  const coarse = missing.filter((g) => endsTooLow(g, found.seen));
  const absent = missing.filter((g) => !coarse.includes(g));
  if (absent.length > 0) notes.push(`not judged, the history holds no figures: ${absent.join(', ')}`);
  if (coarse.length > 0) notes.push(tooLow(coarse));
  return notes;
}

const tooLow = (guards: readonly GuardName[]) =>
  `not judged, the buckets end under what would be slow: ${guards.join(', ')}`;

/** Guards that wait for a threshold, and why they may wait for ever. */
export function waitingNotes({
  guards,
  seen,
}: {
  guards: { readonly [G in GuardName]?: GuardEvidence };
  seen: Seen;
}): string[] {
  const waiting = guardNames.filter((g) => histogramOf(g) && guards[g]?.threshold === null);
  const coarse = waiting.filter((g) => endsTooLow(g, seen));
  const few = waiting.filter((g) => waitsFor(g, seen));
  return [
    ...(coarse.length > 0 ? [tooLow(coarse)] : []),
    ...(few.length > 0
      ? [`not judged, fewer than ${ENOUGH_FOR_P99} answers of the live version were timed: ${few.join(', ')}`]
      : []),
  ];
}

/** Guards of which no figures have come, once others have. */
export function silentNotes({
  guards,
  seen,
}: {
  guards: { readonly [G in GuardName]?: GuardEvidence };
  seen: Seen;
}): string[] {
  const counted = (g: GuardName) =>
    (guards[g]?.live.requests ?? 0) + (guards[g]?.open.live.requests ?? 0) > 0;
  const mine = guardNames.filter((g) => guards[g]);
  if (!mine.some(counted)) return [];
  const silent = mine.filter((g) => {
    const histogram = histogramOf(g);
    return histogram ? seen[histogram].latency === null && !counted(g) : !counted(g);
  });
  return silent.length > 0 ? [`not judged, no figures have come: ${silent.join(', ')}`] : [];
}
