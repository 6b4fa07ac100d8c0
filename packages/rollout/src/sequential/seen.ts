import { addTotals, NOTHING, type Totals } from '../judge/totals.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { GuardName } from '../policy/guards.ts';
import { ENOUGH_FOR_P99, histogramOf, type SlowGuard } from './events.ts';

/** The live version so far, from which thresholds of slowness are taken. */
export type Seen = { readonly [G in SlowGuard]: Totals };

export const NOTHING_SEEN: Seen = { latency: NOTHING, ttft: NOTHING, tpot: NOTHING };

const histograms = Object.keys(NOTHING_SEEN) as SlowGuard[];

/** With the figures of more intervals. */
export function addSeen(seen: Seen, minutes: readonly RoleMinute[]): Seen {
  const sum = { ...seen };
  for (const name of histograms)
    for (const { live } of minutes) {
      const latency = live[name];
      if (latency)
        sum[name] = addTotals(sum[name], { requests: live.requests, errors: live.errors, latency });
    }
  return sum;
}

/** What a guard's threshold is taken from; nothing where it needs none. */
export function seenBy(guard: GuardName, seen: Seen): Totals | undefined {
  const name = histogramOf(guard);
  return name && seen[name];
}

/** Whether a guard's figures are measured, and only too few requests yet to take its threshold from. */
export function waitsFor(guard: GuardName, seen: Seen): boolean {
  const figures = seenBy(guard, seen);
  return figures !== undefined && figures.latency !== null && figures.requests < ENOUGH_FOR_P99;
}

/** Whether a guard's figures are measured in buckets that end under its threshold. */
export function endsTooLow(guard: GuardName, seen: Seen): boolean {
  const figures = seenBy(guard, seen);
  return figures !== undefined && figures.latency !== null && figures.requests >= ENOUGH_FOR_P99;
}
