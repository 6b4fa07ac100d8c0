/** One answered request, as the program that served it wrote it down. See `request-log.schema.json`. */
export interface LoggedRequest {
  /** When it ended, Unix milliseconds. */
  readonly time: number;
  readonly version: string;
  readonly requestId: string | undefined;
  readonly userId: string | undefined;
  /** Milliseconds. */
  readonly latency: number | undefined;
  /** Milliseconds until the first token. */
  readonly first: number | undefined;
  /** Output tokens. */
  readonly tokens: number | undefined;
  /** The last message of the user, or the text itself; undefined where it was left out. */
  readonly prompt: string | undefined;
  /** Undefined where it was left out. */
  readonly response: string | undefined;
  readonly outcome: 'answered' | 'error' | 'aborted';
  /** What is wrong with an answer; undefined where the line does not say enough to tell. */
  readonly invalid: boolean | undefined;
}

/** A line that is no request of use, and why. */
export type Unread = 'foreign' | 'garbled' | 'no version' | 'no time';

/** 2001 and 2286, in milliseconds. */
const EARLIEST = 1e12;
const LATEST = 1e13;

/**
 * Reads one line of a structured request log; what a logger wrote before the object is skipped.
 * @returns the request, or why the line is none
 */
export function parseRequest(line: string): LoggedRequest | Unread {
  const at = line.indexOf('{');
  if (at < 0) return line.includes('":') ? 'garbled' : 'foreign';
  let given: unknown;
  try {
    given = JSON.parse(at === 0 ? line : line.slice(at));
  } catch {
    return 'garbled';
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'garbled';
  const fields = given as Record<string, unknown>;
  if (!('model_version' in fields) && !('request_id' in fields)) return 'foreign';
  const version = text(fields.model_version);
  if (version === undefined || version === '') return 'no version';
  const time = timeOf(fields.time ?? fields.timestamp ?? fields['@timestamp']);
  if (time === undefined) return 'no time';
  const response = text(fields.response);
  const outcome = outcomeOf(fields);
  return {
    time,
    version,
    requestId: text(fields.request_id),
    userId: text(fields.user_id) ?? (typeof fields.user_id === 'number' ? String(fields.user_id) : undefined),
    latency: amount(fields.latency),
    first: amount(fields.ttft),
    tokens: amount(fields.tokens),
    prompt: promptOf(fields.prompt),
    response,
    outcome,
    invalid: outcome === 'answered' ? invalidOf(fields, response) : undefined,
  };
}

function outcomeOf({ status, finish_reason: reason }: Record<string, unknown>): LoggedRequest['outcome'] {
  if (status === 499 || reason === 'abort' || reason === 'cancelled') return 'aborted';
  if (typeof status === 'number' && (status >= 500 || status <= 0)) return 'error';
  return reason === 'error' ? 'error' : 'answered';
}

/** Empty, cut off or flagged. A line that could show none of these says nothing. */
function invalidOf(fields: Record<string, unknown>, response: string | undefined): boolean | undefined {
  const { finish_reason: reason, flagged } = fields;
  const characters = amount(fields.response_characters) ?? response?.trim().length;
  const told = [
    characters === undefined ? undefined : characters === 0 && reason !== 'tool_calls',
    typeof reason === 'string' ? reason === 'length' || reason === 'content_filter' : undefined,
    typeof flagged === 'boolean' ? flagged : undefined,
  ].filter((x) => x !== undefined);
  return told.length === 0 ? undefined : told.includes(true);
}

/** A text, or the last message of a chat that a user wrote. */
function promptOf(given: unknown): string | undefined {
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const last = given.findLast((message) => (message as { role?: unknown } | null)?.role === 'user') as
    | { content?: unknown }
    | undefined;
  return text(last?.content);
}

/** ISO 8601, or Unix time in milliseconds or seconds. */
function timeOf(given: unknown): number | undefined {
  const ms = typeof given === 'string' ? Date.parse(given) : typeof given === 'number' ? given : Number.NaN;
  const time = ms > 0 && ms < 1e11 ? Math.round(ms * 1000) : Math.round(ms);
  return time >= EARLIEST && time <= LATEST ? time : undefined;
}

function text(given: unknown): string | undefined {
  return typeof given === 'string' ? given : undefined;
}

function amount(given: unknown): number | undefined {
  return typeof given === 'number' && Number.isFinite(given) && given >= 0 ? given : undefined;
}
