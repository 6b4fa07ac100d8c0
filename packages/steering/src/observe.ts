import { duration, messageOf, UserError } from '@sluice/contract';
import type { Counts as JudgedCounts, Minute as JudgedMinute, Observations, Rollout } from '@sluice/rollout';
import type { Counts, Histogram, MetricSource, Minute, UserCounts } from '@sluice/telemetry';
import type { Router } from '@sluice/traffic';

/**
 * A histogram as a part of its requests. One that counts fewer (requests that never began to be answered) leaves the rest above every
 * bound; one that counts more (a source that counts requests and durations at different moments) is scaled down to them.
 */
function within({ bounds, cumulative }: Histogram, requests: number): Histogram {
  const most = cumulative.at(-1) ?? 0;
  return most <= requests
    ? { bounds, cumulative }
    : { bounds, cumulative: cumulative.map((n) => (n * requests) / most) };
}

/** Groups of users that asked for anything, by their number. */
function groups({ requests, errors }: UserCounts): NonNullable<JudgedCounts['users']> {
  return Object.fromEntries(
    requests.flatMap((n, i) => (n > 0 ? [[i, { requests: n, errors: errors[i] ?? 0 }]] : [])),
  );
}

/** The figures as the judge takes them; what was not measured stays absent. */
export function judged(minute: Minute): JudgedMinute {
  const counts = (from: Counts): JudgedCounts => {
    const { requests, errors, latency, first, perToken, users, invalid, tokens, gpu } = from;
    return {
      requests,
      errors,
      ...(latency ? { latency: within(latency, requests) } : {}),
      ...(first ? { ttft: within(first, requests) } : {}),
      ...(perToken ? { tpot: within(perToken, requests) } : {}),
      ...(users ? { users: groups(users) } : {}),
      // counted by another program than the requests, perhaps a moment later
      ...(invalid === undefined ? {} : { invalid: Math.min(invalid, requests) }),
      ...(tokens ? { tokens } : {}),
      ...(gpu ? { gpu } : {}),
    };
  };
  return { start: minute.start.getTime(), stable: counts(minute.stable), canary: counts(minute.canary) };
}

export interface Seen {
  readonly observations: Observations;
  /** What a reader must know of this look: the source was silent, lines could not be read. */
  readonly notes: readonly string[];
}

/**
 * One look at router and metrics. A router that does not answer is an error; a metric source that does not answer is an
 * observation, on which the judge holds.
 */
export async function observe(
  router: Router,
  source: MetricSource | undefined,
  rollout: Rollout | null,
  mismatch: string | undefined,
  signal: AbortSignal,
): Promise<Seen> {
  const [identity, canaryPercent] = [await router.identity(signal), await router.weight(signal)];
  const wrong = mismatch ?? (rollout ? await router.wrong?.(signal) : undefined);
  const look = { router: { identity, canaryPercent }, ...(wrong === undefined ? {} : { mismatch: wrong }) };
  if (!source || !rollout) return { observations: { clock: null, minutes: [], ...look }, notes: [] };
  const said = (await router.notes?.(signal)) ?? [];
  try {
    const clock = await source.now(signal);
    const stale = duration.parse(rollout.policy['stale-after']);
    const interval = duration.parse(rollout.policy.interval);
    const from = rollout.through ?? clock.getTime() - stale - interval;
    const minutes = await source.window(new Date(from), clock, signal);
    const missing = source.missing?.();
    return {
      observations: {
        clock: clock.getTime(),
        minutes: minutes.map(judged),
        ...look,
        // what is there judges, but a rollout does not advance on a part of what was asked for
        ...(wrong === undefined && missing !== undefined ? { mismatch: missing } : {}),
      },
      notes: [...said, ...source.notes()],
    };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    const why = messageOf(error);
    return {
      observations: { clock: null, minutes: [], ...look },
      notes: [...said, why.includes(source.name) ? why : `${source.name}: ${why}`],
    };
  }
}

/** The baseline's own past, as far as the source still has it; empty where it has none. */
export async function history(
  source: MetricSource,
  days: number,
  signal: AbortSignal,
): Promise<JudgedMinute[]> {
  const clock = await source.now(signal);
  const minutes = await source.window(new Date(clock.getTime() - days * 86_400_000), clock, signal);
  return minutes.map(judged);
}
