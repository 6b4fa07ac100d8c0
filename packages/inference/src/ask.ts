import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Exchange } from './exchange.ts';

/** What came of a question. */
export type Asked =
  | { readonly kind: 'answered'; readonly text: string }
  /** No answer after some tries; another question may get one. */
  | { readonly kind: 'unanswered'; readonly message: string }
  /** No server, a key that is refused, a model or path that is not there: the next question would fare no better. */
  | { readonly kind: 'hopeless'; readonly message: string };

export interface AskOptions {
  readonly maxTokens: number;
  readonly signal: AbortSignal;
  /** Waits before a question is asked again, ms; default 1000, 5000. */
  readonly again?: readonly number[];
}

const AGAIN_MS = [1000, 5000];

/**
 * Asks a question of one message at temperature 0, again where a fault may pass. An answer that was cut off at `maxTokens` is the empty text:
 * it has not come to its end.
 * @throws the reason of `signal`
 */
export async function ask(
  client: Client,
  model: string,
  prompt: string,
  { maxTokens, signal, again = AGAIN_MS }: AskOptions,
): Promise<Asked> {
  for (let attempt = 0; ; attempt++) {
    const exchange = await client.chat(model, {
      messages: [{ role: 'user', content: prompt }],
      stream: false,
      maxTokens,
    });
    signal.throwIfAborted();
    if (exchange.ok)
      return { kind: 'answered', text: exchange.finishReason === 'length' ? '' : exchange.text };
    const { message } = exchange;
    if (isHopeless(exchange)) return { kind: 'hopeless', message };
    const wait = again[attempt];
    if (wait === undefined || !mayPass(exchange)) return { kind: 'unanswered', message };
    await sleep(wait, undefined, { signal });
  }
}

type Failure = Exclude<Exchange, { readonly ok: true }>;

function isHopeless({ kind, status }: Failure): boolean {
  return kind === 'refused' || (kind === 'status' && [401, 403, 404].includes(status ?? 0));
}

function mayPass({ kind, status }: Failure): boolean {
  return kind === 'timeout' || kind === 'garbled' || status === 429 || (status ?? 0) >= 500;
}
