import { setTimeout as sleep } from 'node:timers/promises';
import { SystemError } from '@sluice/contract';

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt: a stream can be read once only. */
  readonly body?: () => NonNullable<RequestInit['body']>;
  /** Whether doing it twice is the same as once. What is not is repeated only where it cannot have arrived. */
  readonly idempotent: boolean;
  /** Of one attempt, in ms. Default 30 s; 0: none (transfers). */
  readonly timeout?: number;
  readonly signal?: AbortSignal | undefined;
  /** Default `manual`: a redirect is an answer. */
  readonly redirect?: NonNullable<RequestInit['redirect']>;
  /** How the other side is called in errors, e.g. `MLflow`. */
  readonly system: string;
}

export interface RetryPolicy {
  readonly attempts: number;
  /** Upper bound of the first pause, in ms; it doubles each time. */
  readonly base: number;
  readonly cap: number;
  /** A number in [0, 1): the pause is drawn from all of its range (full jitter), so that many clients spread. */
  readonly random: () => number;
}

export const RETRIES: RetryPolicy = { attempts: 5, base: 250, cap: 10_000, random: Math.random };

const RETRIED = new Set([408, 425, 429, 500, 502, 503, 504]);
/** The request has not been worked on. */
const REFUSED = new Set([429, 503]);
/** No connection came to be. */
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * `fetch` with retries: full jitter, `Retry-After`, only what may be repeated.
 *
 * @throws {SystemError} when no answer came; an answer with an error status is returned
 */
export async function request(
  url: URL,
  { idempotent, timeout = 30_000, signal, system, body, ...init }: Request,
  policy: RetryPolicy = RETRIES,
): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const last = attempt >= policy.attempts;
    const limits = [...(signal ? [signal] : []), ...(timeout ? [AbortSignal.timeout(timeout)] : [])];
    let response: Response;
    try {
      response = await fetch(url, {
        ...init,
        ...(body ? { body: body() } : {}),
        redirect: init.redirect ?? 'manual',
        ...(limits.length > 0 ? { signal: AbortSignal.any(limits) } : {}),
      });
    } catch (error) {
      signal?.throwIfAborted();
      const code = networkCode(error);
      if (last || !(idempotent || NEVER_ARRIVED.has(code))) throw noAnswer(system, url, code, attempt);
      await pause(attempt, undefined, policy, signal);
      continue;
    }
    const again = RETRIED.has(response.status) && (idempotent || REFUSED.has(response.status));
    if (!again || last) return response;
    await response.body?.cancel();
    await pause(attempt, response.headers.get('retry-after') ?? undefined, policy, signal);
  }
}

/** Why a fetch failed: `ECONNREFUSED`, `TimeoutError`, …; undici hides it in `cause`. */
export function networkCode(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { code?: string; errors?: { code?: string }[]; message?: string } | undefined;
  const named = error instanceof DOMException ? error.name : error.message;
  return cause?.code ?? cause?.errors?.[0]?.code ?? cause?.message ?? named;
}

/** An address without user, password and query: what may be shown. */
export function shown(url: URL): string {
  return url.origin + url.pathname;
}

function noAnswer(system: string, url: URL, code: string, attempts: number): SystemError {
  const why =
    code === 'TimeoutError'
      ? 'it did not answer in time'
      : code === 'ECONNREFUSED'
        ? 'nothing listens there'
        : code;
  return new SystemError(
    `No answer from ${system} at ${shown(url)}: ${why} (${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}). Check the address, that it is up, and the proxy (HTTPS_PROXY, NO_PROXY).`,
  );
}

async function pause(
  attempt: number,
  retryAfter: string | undefined,
  policy: RetryPolicy,
  signal?: AbortSignal,
) {
  const jitter = policy.random() * Math.min(policy.cap, policy.base * 2 ** (attempt - 1));
  const asked = retryAfter === undefined ? 0 : waitAsked(retryAfter, Date.now());
  await sleep(Math.max(jitter, Math.min(asked, 60_000)), undefined, signal ? { signal } : {});
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3); 0 for anything else. */
export function waitAsked(value: string, now: number): number {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}
