import { messageOf } from '@sluice/contract';
import { errorText } from './body.ts';
import type { Failed, FailureKind } from './exchange.ts';

/** An answer that is none; thrown inside the client, given out as a {@link Failed}. */
export class BadAnswer extends Error {
  readonly kind: FailureKind;
  readonly status: number | undefined;
  constructor(kind: FailureKind, message: string, status?: number) {
    super(message);
    this.kind = kind;
    this.status = status;
  }
}

/** What is known about a request when it fails. */
export interface Context {
  readonly base: string;
  readonly latencyMs: number;
  readonly timeoutMs: number;
  /** The time limit ran out, rather than the job being cancelled. */
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** Headers had arrived: what failed then is the answer, not the connection. */
  readonly answered: boolean;
  readonly apiKey: string | undefined;
}

/** Says in one sentence what went wrong; the key is cut out, should a server send it back. */
export function failed(error: unknown, context: Context): Failed {
  const { kind, message, status } = classify(error, context);
  return {
    ok: false,
    kind,
    message: context.apiKey ? message.replaceAll(context.apiKey, '***') : message,
    ...(status === undefined ? {} : { status }),
    latencyMs: context.latencyMs,
  };
}

function classify(
  error: unknown,
  context: Context,
): { kind: FailureKind; message: string; status?: number | undefined } {
  if (error instanceof BadAnswer) return error;
  if (context.cancelled) return { kind: 'cancelled', message: 'the request was cancelled' };
  const code = ((error as { cause?: { code?: unknown } }).cause?.code ?? '') as string;
  if (context.timedOut || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return { kind: 'timeout', message: `no whole answer within ${context.timeoutMs / 1000} s` };
  if (error instanceof SyntaxError) return { kind: 'garbled', message: 'the answer is not JSON' };
  const why = messageOf(error);
  return context.answered || code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
    ? { kind: 'garbled', message: `the connection broke off before the answer was whole (${why})` }
    : { kind: 'refused', message: `no server answers at ${context.base} (${why})` };
}

/** The error of a status that is not 2xx, with what is likely wrong. */
export function badStatus(status: number, body: string): BadAnswer {
  const said = body.trim() === '' ? '' : `: ${errorText(body)}`;
  const likely =
    status === 401 || status === 403
      ? ' (is `api-key` given, and right?)'
      : status === 404
        ? ' (is the address right, and `model` a name that the server knows?)'
        : status === 429
          ? ' (the server limits how often it is asked)'
          : '';
  return new BadAnswer('status', `HTTP ${status}${said}${likely}`, status);
}
