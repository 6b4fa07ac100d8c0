import { hostServer } from '@sluice/host';
import { type Finding, lookMs, type Patient } from './check.ts';

/** Above this, leases and the soak of a stage are measured wrongly. */
const worryMs = 5_000;

/** This machine's clock beside those of the servers that it works with, from the Date of their answers. */
export async function clock({ trackingUri, prometheus, env }: Patient): Promise<Finding> {
  const servers = [trackingUri, prometheus, hostServer(env)].filter((address): address is string =>
    /^https?:/.test(address ?? ''),
  );
  const skews = await Promise.all(servers.map(skewTo));
  const known = skews.filter((skew) => skew !== undefined);
  if (known.length === 0) return { name: 'clock', state: 'off', found: 'no server told its time' };
  const worst = known.reduce((a, b) => (Math.abs(b.ms) > Math.abs(a.ms) ? b : a));
  const seconds = Math.round(Math.abs(worst.ms) / 1000);
  if (Math.abs(worst.ms) <= worryMs)
    return {
      name: 'clock',
      state: 'ok',
      found: `within ${Math.max(1, seconds)} s of ${known.length} server(s)`,
    };
  return {
    name: 'clock',
    state: 'warn',
    found: `${seconds} s ${worst.ms > 0 ? 'ahead of' : 'behind'} ${worst.host}`,
    advice: 'Let both follow a time server (chrony, systemd-timesyncd)',
  };
}

async function skewTo(address: string): Promise<{ readonly host: string; readonly ms: number } | undefined> {
  try {
    const url = new URL(address);
    const sent = Date.now();
    const response = await fetch(url.origin, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(lookMs),
    });
    const got = Date.now();
    const theirs = dateOf(response.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return undefined;
    return { host: url.host, ms: skew(sent, got, theirs) };
  } catch {
    return undefined; // that it does not answer is another finding
  }
}

/** The first date of a header: a server behind another may send one each. NaN where there is none. */
export const dateOf = (header: string): number =>
  Date.parse(/\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT/.exec(header)?.[0] ?? '');

/**
 * How far our clock is ahead, ms. The header counts whole seconds, so their time lies in [theirs, theirs + 1 s), and it
 * was read some time between our two; nothing is claimed within that.
 */
export function skew(sent: number, got: number, theirs: number): number {
  if (sent > theirs + 1000) return sent - (theirs + 1000);
  return got < theirs ? got - theirs : 0;
}
