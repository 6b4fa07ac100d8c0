import { byRole, contradiction, type Minute, type RoleMinute, type Slot } from '../observations/minute.ts';

/** What was seen at one tick. */
export interface Observations {
  /** The metric source's clock, ms epoch; `null` where it did not answer. */
  readonly clock: number | null;
  /** Complete intervals since {@link judgedThrough}, in any order; older ones are ignored. */
  readonly minutes: readonly Minute[];
  readonly router: {
    /** Differs after a restart of the router's process; a constant where the weight survives restarts. */
    readonly identity: string;
    /** Percent of the traffic that the slot `canary` gets, read back. */
    readonly canaryPercent: number;
  };
  /** Why what answers in the candidate's slot is not what the state says (`/v1/models`, imageID); absent: it is, or was not asked. */
  readonly mismatch?: string;
}

/**
 * The intervals that a tick may judge: new, complete, in order, each once, without those that contradict themselves. Such a one before a
 * judged one is missing; the newest is read again at the next tick.
 */
export interface NewMinutes {
  readonly minutes: readonly RoleMinute[];
  readonly contradiction: string | undefined;
}

export function newMinutes(
  { clock, minutes }: Observations,
  through: number,
  interval: number,
  candidate: Slot,
): NewMinutes {
  if (clock === null) return { minutes: [], contradiction: undefined };
  let wrong = minutes.filter((m) => !Number.isFinite(m.start)).map(contradiction)[0];
  const fresh = minutes
    .filter((m) => m.start >= through && m.start + interval <= clock)
    .sort((a, b) => a.start - b.start);
  const result: RoleMinute[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const minute of fresh) {
    const bad =
      contradiction(minute) ??
      (minute.start < end ? `two intervals overlap at ${new Date(minute.start).toISOString()}` : undefined);
    wrong ??= bad;
    if (bad) continue;
    result.push(byRole(minute, candidate));
    end = minute.start + interval;
  }
  return { minutes: result, contradiction: wrong };
}
