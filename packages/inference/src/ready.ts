import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Failed } from './exchange.ts';

export interface ReadyOptions {
  readonly client: Client;
  readonly timeoutMs: number;
  /** False as soon as waiting makes no sense, because the program behind the address has ended. Default: always true. */
  readonly alive?: () => boolean;
  readonly signal?: AbortSignal | undefined;
  /** Between two looks; default 500 ms. */
  readonly intervalMs?: number;
}

/**
 * Waits until the server answers on `/v1/models` with any status but 502, 503 or 504 (still loading, or a gateway in
 * front of nothing). That it answers says nothing yet about whether it can generate; probes say that.
 */
export async function waitUntilReady(options: ReadyOptions): Promise<{ readonly ok: true } | Failed> {
  const until = performance.now() + options.timeoutMs;
  for (;;) {
    const answer = await options.client.models();
    const there =
      answer.ok ||
      (answer.status !== undefined && ![502, 503, 504].includes(answer.status)) ||
      answer.kind === 'garbled';
    if (there) return { ok: true };
    if (answer.kind === 'cancelled' || options.alive?.() === false || performance.now() >= until)
      return answer;
    await delay(options.intervalMs ?? 500, undefined, { signal: options.signal }).catch(() => {});
  }
}
