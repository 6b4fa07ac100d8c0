import { addTotals, NOTHING, type Totals } from '../judge/totals.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { GuardName } from '../policy/guards.ts';
import { histogramOf, type SlowGuard } from './events.ts';

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
