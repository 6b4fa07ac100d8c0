import { messageOf, SystemError, UserError } from '@sluice/contract';
import type { Series } from './series.ts';
import { type Post, postPlain, type Reply } from './transport.ts';

export interface PrometheusAccess {
  /** Address without `/api/v1`. */
  readonly url: string;
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Limit of one query, milliseconds. */
  readonly timeout: number;
  /** Default: without a client's certificate. */
  readonly post?: Post;
}

/** Prometheus' HTTP API, as Thanos, Mimir and VictoriaMetrics speak it too. */
export class Prometheus {
  readonly #access: PrometheusAccess;
  readonly #warnings = new Set<string>();

  constructor(access: PrometheusAccess) {
    this.#access = access;
  }

  /** What the answers since the last call were said to lack, as where Thanos or a remote storage answers in part. */
  takeWarnings(): string[] {
    const warnings = [...this.#warnings];
    this.#warnings.clear();
    return warnings;
  }

  /** The one number of an instant query, or undefined where it has no result. */
  async instant(query: string, signal?: AbortSignal): Promise<number | undefined> {
    const data = await this.#ask('query', { query }, signal);
    if (data.resultType === 'scalar') return sample(data.result)?.[1];
    const [first] = Array.isArray(data.result) ? data.result : [];
    return sample((first as { value?: unknown } | undefined)?.value)?.[1];
  }

  /** The series of a query, read at `start`, `start + step`, … up to `end` (Unix milliseconds). */
  async range(
    query: string,
    start: number,
    end: number,
    step: number,
    signal?: AbortSignal,
  ): Promise<Series[]> {
    const data = await this.#ask(
      'query_range',
      { query, start: String(start / 1000), end: String(end / 1000), step: String(step / 1000) },
      signal,
    );
    const series =
      data.resultType === 'matrix' && Array.isArray(data.result) ? data.result.map(seriesIn) : [];
    if (data.resultType !== 'matrix' || !Array.isArray(data.result) || series.includes(undefined))
      throw new SystemError(`${this.#access.url} answered '${query}' with no matrix.`);
    return series as Series[];
  }

  async #ask(
    path: string,
    parameters: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<{ resultType?: unknown; result?: unknown }> {
    const { url, timeout, post = postPlain } = this.#access;
    const limit = AbortSignal.timeout(timeout);
    let reply: Reply;
    try {
      reply = await post(
        `${url}/api/v1/${path}`,
        { ...this.#authorization(), 'content-type': 'application/x-www-form-urlencoded' },
        new URLSearchParams(parameters).toString(),
        signal ? AbortSignal.any([signal, limit]) : limit,
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof UserError) throw error;
      throw new SystemError(
        `Prometheus at ${url} does not answer: ${limit.aborted ? `no answer within ${timeout} ms` : whyNot(error)}.`,
      );
    }
    if (reply.status === 401 || reply.status === 403)
      throw new SystemError(
        `Prometheus at ${url} refuses (HTTP ${reply.status}). Give a token, or a user and a password, that may read it.`,
      );
    const { data, warnings } = believed(url, parameters.query as string, reply.status, reply.text);
    for (const warning of Array.isArray(warnings) ? warnings : []) this.#warnings.add(String(warning));
    return data ?? {};
  }

  #authorization(): Record<string, string> {
    const { token, user, password } = this.#access;
    if (token !== undefined) return { authorization: `Bearer ${token}` };
    if (user === undefined) return {};
    return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
  }
}

/** A TLS fault by its code, with what mends it. */
function whyNot(error: unknown): string {
  const { code } = ((error as { cause?: unknown }).cause ?? error) as { code?: unknown };
  const text = messageOf(error);
  if (typeof code !== 'string') return text;
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code) && !/ALERT|SSLV3|TLSV1/.test(code))
    return `its certificate is not trusted (${code}); name its authority with ca`;
  if (/^ERR_(SSL|OSSL|TLS)/.test(code) || code === 'ECONNRESET')
    return `${text} (${code}); where it asks for a client's certificate, name one with cert and key`;
  return text;
}

interface Answer {
  readonly status?: unknown;
  readonly error?: unknown;
  readonly errorType?: unknown;
  readonly data?: { resultType?: unknown; result?: unknown } | null;
  readonly warnings?: unknown;
}

function believed(url: string, query: string, status: number, text: string): Answer {
  let answer: Answer | null;
  try {
    answer = JSON.parse(text);
  } catch {
    answer = null;
  }
  if (typeof answer !== 'object' || answer === null)
    throw new SystemError(
      status === 429 || status >= 500
        ? `Prometheus at ${url} does not answer now (HTTP ${status}).`
        : `${url} answers as no Prometheus does (HTTP ${status}, no JSON). Is the address right?`,
    );
  if (answer.status !== 'success') {
    const why = `Prometheus at ${url} refused the query '${query}': ${String(answer.error ?? `HTTP ${status}`)}`;
    throw answer.errorType === 'bad_data' ? new UserError(`${why}.`) : new SystemError(`${why}.`);
  }
  return answer;
}

type Sample = [time: number, value: number];

/** A series of a matrix; a sample that is no number (`NaN`, `+Inf`) is kept as NaN. Undefined for anything else. */
function seriesIn(given: unknown): Series | undefined {
  const { metric, values } = (given ?? {}) as { metric?: Series['labels'] | null; values?: unknown };
  if (!Array.isArray(values)) return undefined;
  return {
    labels: metric ?? {},
    values: new Map(values.flatMap((value) => (timed(value) ? [timed(value) as Sample] : []))),
  };
}

/** `[seconds, "value"]` as milliseconds and a finite number. */
function sample(value: unknown): Sample | undefined {
  const found = timed(value);
  return found && Number.isFinite(found[1]) ? found : undefined;
}

function timed(value: unknown): Sample | undefined {
  if (!Array.isArray(value)) return undefined;
  const [time, number] = [Number(value[0]) * 1000, Number(value[1])];
  return Number.isFinite(time)
    ? [Math.round(time), Number.isFinite(number) ? number : Number.NaN]
    : undefined;
}
