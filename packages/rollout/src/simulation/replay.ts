import { duration } from '@sluice/contract';
import { byRole, contradiction, type Minute } from '../observations/minute.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy } from '../policy/policy.ts';
import { waitingNotes } from '../sequential/notes.ts';
import { missingFigures, onlyIn, unjudged, without } from './unjudged.ts';
import { evidenceBefore, type WalkEnd, walk } from './walk.ts';

/** What a policy would have decided on recorded traffic, and what it could not judge. */
export interface Replayed extends WalkEnd {
  readonly notes: readonly string[];
  /** What the recording leaves unjudged: guards without figures, intervals that count as missing. */
  readonly unjudged: readonly string[];
}

/**
 * Runs a policy over recorded traffic of two versions, `canary` being the candidate. The plan's clock sets the stages from the first
 * recorded interval on; the traffic is taken as it is. An interval that is missing or contradicts itself is missing data.
 */
export function replay(
  plan: Plan,
  policy: Policy,
  minutes: readonly Minute[],
  history: readonly Minute[] = [],
): Replayed {
  const interval = duration.parse(policy.interval);
  const sound = (list: readonly Minute[]) => list.filter((m) => contradiction(m) === undefined);
  const recorded = sound(minutes);
  const first = recorded.reduce((min, m) => Math.min(min, m.start), Number.POSITIVE_INFINITY);
  const at = new Map(recorded.map((m) => [Math.round((m.start - first) / interval), byRole(m, 'canary')]));
  const end = recorded.length === 0 ? 0 : Math.max(...at.keys()) + 1;
  const past = without(sound(history), missingFigures(recorded))
    .sort((a, b) => a.start - b.start)
    .map((m) => byRole(m, 'canary'));
  const expected = past.length > 0 ? onlyIn(recorded, history) : [];
  const evidence = evidenceBefore(policy, plan, past, expected);
  let known = evidence;
  const total = recorded.reduce((sum, m) => sum + m.stable.requests + m.canary.requests, 0);
  const result = walk({
    plan,
    policy,
    evidence,
    perMinute: total / Math.max(1, recorded.length),
    minute: (t) => (t >= end ? null : at.get(t)),
    clock: 'plan',
    ended: (evidence) => {
      known = evidence;
    },
  });
  const dropped = minutes.length - recorded.length;
  const bad = dropped > 0 ? [`${dropped} intervals contradict themselves and were taken as missing`] : [];
  return {
    ...result,
    notes: [
      ...(evidence.kind === 'sequential' ? evidence.notes : []),
      ...(known.kind === 'sequential' ? waitingNotes(known) : []),
    ],
    unjudged: [...bad, ...unjudged(recorded, policy)],
  };
}
