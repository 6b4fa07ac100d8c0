/** How a request ended. `aborted`: the client gave up, which says nothing against the server. */
export type Outcome = 'answered' | 'error' | 'aborted';

/** One request, as an access log tells it. */
export interface Entry {
  /** When it ended, Unix milliseconds. */
  readonly time: number;
  readonly frontend: string | undefined;
  readonly backend: string;
  readonly outcome: Outcome;
  /** Milliseconds until the answer began; undefined where it never did. */
  readonly first: number | undefined;
  /** Milliseconds until it ended. */
  readonly total: number | undefined;
  /** The user's bucket, 0 to 9999. */
  readonly bucket: number | undefined;
  /** The user's cell: the same in every rollout. */
  readonly cell: number | undefined;
}

/** 2001 and 2286, in milliseconds: anything else is not a time in milliseconds. */
const EARLIEST = 1e12;
const LATEST = 1e13;

/**
 * Reads one line of a JSON access log; what a syslog daemon wrote before the object is skipped.
 * @returns the request, `foreign` for a line that is none (a start-up message), `garbled` for a broken or cut one
 */
export function parseLine(line: string): Entry | 'foreign' | 'garbled' {
  const at = line.indexOf('{');
  if (at < 0) return line.includes('":') ? 'garbled' : 'foreign';
  let fields: unknown;
  try {
    fields = JSON.parse(at === 0 ? line : line.slice(at));
  } catch {
    return 'garbled';
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return 'garbled';
  const given = fields as Record<string, unknown>;
  if (!('time' in given) || !('backend' in given)) return 'foreign';
  const time = number(given.time);
  // NGINX writes 000 where it sent none
  const status = number(given.status) ?? digits(given.status);
  if (time === undefined || time < EARLIEST || time > LATEST || status === undefined) return 'garbled';
  if (typeof given.backend !== 'string') return 'garbled';
  return {
    time,
    frontend: typeof given.frontend === 'string' ? given.frontend : undefined,
    backend: given.backend,
    outcome: outcomeOf(status, typeof given.state === 'string' ? given.state : '--'),
    first: span(given.first) ?? seconds(given.first_s),
    total: span(given.total) ?? seconds(given.total_s),
    bucket: span(given.bucket),
    cell: span(given.cell),
  };
}

/**
 * Who is to blame, from the status (-1: none) and HAProxy's termination state (its first letter: who ended it).
 * @see https://docs.haproxy.org/2.6/configuration.html#8.5
 */
export function outcomeOf(status: number, state: string): Outcome {
  const [by, phase] = state;
  // client aborted, client's time-out; NGINX writes 499
  if (by === 'C' || by === 'c' || status === 499) return 'aborted';
  if (status >= 500 || status <= 0) return 'error';
  // server aborted or timed out, server gone, resources exhausted, internal error: whatever status had been sent
  if (by !== undefined && 'SsDKRI'.includes(by)) return 'error';
  if (by === 'P' && (phase === 'H' || phase === 'D')) return 'error';
  return 'answered';
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function digits(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : undefined;
}

/** A count of milliseconds or a bucket; -1 says that it never came. */
function span(value: unknown): number | undefined {
  const n = number(value);
  return n !== undefined && n >= 0 ? n : undefined;
}

/** NGINX's seconds: `0.012`, after retries a list of which the last counts, `-` for none. */
function seconds(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '';
  const last = text.split(/[,:]/).at(-1)?.trim() ?? '';
  return /^\d+(\.\d+)?$/.test(last) ? Number(last) * 1000 : undefined;
}
