import { duration } from '@sluice/contract';
import { byRole, type Counts, contradiction, type Minute } from '../observations/minute.ts';
import type { Plan } from '../plan/plan.ts';
import type { Policy, SequentialPolicy } from '../policy/policy.ts';
import { evidenceBefore, type WalkEnd, walk } from './walk.ts';

/** What a policy would have decided on recorded traffic, and what it could not judge. */
export interface Replayed extends WalkEnd {
  readonly notes: readonly string[];
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
  const past = sound(history)
    .sort((a, b) => a.start - b.start)
    .map((m) => byRole(m, 'canary'));
  const evidence = evidenceBefore(policy, plan, past);
  const total = recorded.reduce((sum, m) => sum + m.stable.requests + m.canary.requests, 0);
  const result = walk({
    plan,
    policy,
    evidence,
    perMinute: total / Math.max(1, recorded.length),
    minute: (t) => (t >= end ? null : at.get(t)),
    clock: 'plan',
  });
  const dropped = minutes.length - recorded.length;
  const bad = dropped > 0 ? [`${dropped} intervals contradict themselves and were taken as missing`] : [];
  return {
    ...result,
    notes: [...(evidence.kind === 'sequential' ? evidence.notes : []), ...bad, ...unjudged(recorded, policy)],
  };
}

function unjudged(minutes: readonly Minute[], policy: Policy): string[] {
  const has = (field: keyof Counts) => minutes.some((m) => m.canary[field] !== undefined);
  const shares = (['latency', 'ttft', 'tpot', 'invalid'] as const).filter((field) => !has(field));
  const missing = [...shares, ...(policy.kind === 'sequential' ? furtherMissing(policy, has) : [])];
  return missing.length > 0 ? [`not judged, the recording holds no figures: ${missing.join(', ')}`] : [];
}

/** Guards that the policy names and that have no figures. */
function furtherMissing(policy: SequentialPolicy, has: (field: keyof Counts) => boolean): string[] {
  const fields = {
    slow: 'latency',
    'token-rate': 'tokens',
    'gpu-memory': 'gpu',
    'gpu-utilisation': 'gpu',
    scores: 'scores',
  } as const;
  return Object.entries(fields).flatMap(([guard, field]) =>
    policy[guard as keyof typeof fields] !== undefined && !has(field) ? [guard] : [],
  );
}
