import type { Counts, Minute } from '../observations/minute.ts';
import type { Policy, SequentialPolicy } from '../policy/policy.ts';

const figures = ['latency', 'ttft', 'tpot', 'invalid'] as const;
type Figure = (typeof figures)[number];

const has = (minutes: readonly Minute[], field: keyof Counts) =>
  minutes.some((m) => m.canary[field] !== undefined);

/** The figures of guards that no interval of a recording holds. */
export const missingFigures = (minutes: readonly Minute[]): Figure[] =>
  figures.filter((field) => !has(minutes, field));

/** The figures of a recording that its past does not hold. */
export const onlyIn = (minutes: readonly Minute[], past: readonly Minute[]): Figure[] =>
  figures.filter((field) => has(minutes, field) && !past.some((m) => m.stable[field] !== undefined));

/** A past without those figures: what the recording does not hold cannot be judged by it. */
export function without(past: readonly Minute[], missing: readonly Figure[]): Minute[] {
  const strip = (counts: Counts): Counts => {
    const kept = { ...counts };
    for (const field of missing) delete kept[field];
    return kept;
  };
  return past.map((m) => ({ start: m.start, stable: strip(m.stable), canary: strip(m.canary) }));
}

/** What a recording leaves unjudged, for people. */
export function unjudged(minutes: readonly Minute[], policy: Policy): string[] {
  const asked = (field: Figure) =>
    policy.kind === 'classic' ? field === 'latency' : policy.guards.includes(field);
  const missing = [
    ...missingFigures(minutes).filter(asked),
    ...(policy.kind === 'sequential' ? furtherMissing(minutes, policy) : []),
  ];
  return missing.length > 0 ? [`not judged, the recording holds no figures: ${missing.join(', ')}`] : [];
}

/** Guards that the policy names and that have no figures. */
function furtherMissing(minutes: readonly Minute[], policy: SequentialPolicy): string[] {
  const fields = {
    slow: 'latency',
    'token-rate': 'tokens',
    'gpu-memory': 'gpu',
    'gpu-utilisation': 'gpu',
    scores: 'scores',
  } as const;
  return Object.entries(fields).flatMap(([guard, field]) =>
    policy[guard as keyof typeof fields] !== undefined && !has(minutes, field) ? [guard] : [],
  );
}
