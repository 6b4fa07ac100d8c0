import type { IncomingMessage } from 'node:http';
import { KubernetesError } from './errors.ts';
import { Unreachable } from './exchange.ts';
import type { KubernetesObject } from './object.ts';

export interface Watched<T> {
  read(options: { readonly signal: AbortSignal }): Promise<T | undefined>;
  /** Events of the object since a version of it, one JSON object a line, for so many seconds. */
  watch(resourceVersion: string | undefined, seconds: number, signal: AbortSignal): Promise<IncomingMessage>;
  done(object: T | undefined): boolean;
  /** ms. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

interface Event<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** Longest time of one watch, s; proxies end connections that are silent for long. */
const LONGEST = 60;

/**
 * Reads, then watches from there, and reads again whenever the watch ends: nothing that happens in between is missed.
 */
export async function until<T extends KubernetesObject>(
  watched: Watched<T>,
): Promise<{ readonly object: T | undefined } | undefined> {
  const over = AbortSignal.timeout(watched.timeout);
  const signal = watched.signal ? AbortSignal.any([watched.signal, over]) : over;
  const end = Date.now() + watched.timeout;
  try {
    for (;;) {
      const found = await once(watched, end, signal);
      if (found) return found;
    }
  } catch (error) {
    watched.signal?.throwIfAborted();
    if (over.aborted) return undefined;
    throw error;
  }
}

async function once<T extends KubernetesObject>(
  { read, watch, done }: Watched<T>,
  end: number,
  signal: AbortSignal,
): Promise<{ readonly object: T | undefined } | undefined> {
  const object = await read({ signal });
  if (done(object)) return { object };
  const seconds = Math.max(1, Math.min(LONGEST, Math.ceil((end - Date.now()) / 1000)));
  const events = await stream(() => watch(object?.metadata.resourceVersion, seconds, signal));
  if (!events) return undefined;
  try {
    for await (const line of linesOf(events)) {
      const event = JSON.parse(line) as Event<T>;
      // what was seen is too old to go on from, or a server that wants a fresh read
      if (event.type === 'ERROR') return undefined;
      if (event.type === 'BOOKMARK') continue;
      const now = event.type === 'DELETED' ? undefined : event.object;
      if (done(now)) return { object: now };
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!isBroken(error)) throw error;
  } finally {
    events.destroy();
  }
  return undefined;
}

/** A watch that cannot begin where the last read was (410 Gone) begins with a fresh read. */
async function stream(open: () => Promise<IncomingMessage>): Promise<IncomingMessage | undefined> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 410) return undefined;
    throw error;
  }
}

const isBroken = (error: unknown) =>
  error instanceof Unreachable || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET');

async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const text of answer) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
}
