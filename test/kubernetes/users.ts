import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Router } from '@sluice/traffic';

/**
 * What a gateway in the cluster would log of its users, by the split that the router says: fifty requests a second, all served
 * well but for the share `failing` of the canary's.
 */
export function logUsers(router: Router, log: string, failing: () => number = () => 0): AsyncDisposable {
  const over = new AbortController();
  let sent = 0;
  const loop = async () => {
    while (!over.signal.aborted) {
      const share = await router.weight(over.signal);
      const lines = Array.from({ length: 10 }, () => {
        // each hundredth of the users in turn
        const canary = (sent++ * 37) % 100 < share;
        return `${JSON.stringify({
          time: Date.now(),
          backend: canary ? router.slots.canary : router.slots.stable,
          server: 'pod',
          status: canary && Math.random() < failing() ? 500 : 200,
          state: '--',
          first: 10,
          total: 20,
          bytes: 100,
        })}\n`;
      });
      await appendFile(log, lines.join(''));
      await sleep(200, undefined, { signal: over.signal });
    }
  };
  const ended = loop().catch((error: unknown) => {
    if (!over.signal.aborted) throw error;
  });
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await ended;
    },
  };
}
