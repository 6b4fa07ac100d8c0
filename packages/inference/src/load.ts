import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './client.ts';
import type { Measured } from './summary.ts';

export interface LoadOptions {
  readonly client: Client;
  readonly model: string;
  readonly prompts: readonly string[];
  readonly requests: number;
  /** The most requests under way at once. */
  readonly concurrency: number;
  /** Requests a second on average, arriving at random (a Poisson process). Default: the next as soon as one ends. */
  readonly rate?: number;
  readonly maxTokens?: number;
  /** Makes the arrivals repeatable; default 1. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Offers so many streamed requests, several at once. What a cancelled job did not send is not counted. */
export async function load(options: LoadOptions): Promise<{ measured: Measured[]; durationMs: number }> {
  const began = performance.now();
  const measured: Measured[] = [];
  const starts = options.rate ? arrivals(options.requests, options.rate, options.seed ?? 1) : undefined;
  let next = 0;
  const worker = async () => {
    while (next < options.requests && !options.signal?.aborted) {
      const i = next++;
      const wait = (starts?.[i] ?? 0) - (performance.now() - began);
      if (wait > 0) await delay(wait, undefined, { signal: options.signal }).catch(() => {});
      if (options.signal?.aborted) return;
      const exchange = await options.client.chat(options.model, {
        messages: [{ role: 'user', content: options.prompts[i % options.prompts.length] as string }],
        stream: true,
        ...(options.maxTokens === undefined ? {} : { maxTokens: options.maxTokens }),
      });
      measured.push({ stream: true, exchange });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, options.requests) }, worker));
  return { measured, durationMs: performance.now() - began };
}

/** Start times in milliseconds of a Poisson process: gaps are exponential with mean 1/rate. */
export function arrivals(count: number, rate: number, seed: number): number[] {
  const random = mulberry32(seed);
  let at = 0;
  return Array.from({ length: count }, () => {
    const start = at;
    at += (-Math.log(1 - random()) / rate) * 1000;
    return start;
  });
}

/** Mulberry32 (T. Ettinger, 2017): 32 bits of state are enough to spread arrivals. */
function mulberry32(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
