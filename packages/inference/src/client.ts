import { apiBase } from './address.ts';
import { readBody } from './body.ts';
import type { Answered, ChatRequest, Exchange, Failed } from './exchange.ts';
import { BadAnswer, badStatus, failed } from './failure.ts';
import { readStream } from './stream.ts';
import { estimateTokens } from './tokens.ts';

export interface ClientOptions {
  /** Address of an OpenAI-compatible server, e.g. `http://127.0.0.1:8000` or `https://host/v1`. */
  readonly endpoint: string;
  readonly apiKey?: string | undefined;
  /** For a whole answer; default 30,000 ms. */
  readonly timeoutMs?: number;
  /** Ends requests under way when the job is cancelled. */
  readonly signal?: AbortSignal | undefined;
}

/** One entry of `/v1/models`. */
export interface ServedModel {
  readonly id: string;
  /** The model that an adapter is loaded on (vLLM). */
  readonly parent?: string;
}

/** A client of one OpenAI-compatible server. A failing server is a result, never an exception. */
export interface Client {
  /** The base of the API, e.g. `http://127.0.0.1:8000/v1`. */
  readonly base: string;
  /** What the server says it serves. Not every server can: `transformers serve` is seen to answer 500. */
  models(): Promise<{ readonly ok: true; readonly models: readonly ServedModel[] } | Failed>;
  chat(model: string, request: ChatRequest): Promise<Exchange>;
}

export function connect(options: ClientOptions): Client {
  const base = apiBase(options.endpoint);
  const timeoutMs = options.timeoutMs ?? 30_000;
  // servers that refuse the field are asked once; later requests leave it out
  let streamOptions = true;

  /** Sends one request; `read` takes its body within the same time limit. */
  async function exchange<T>(
    path: string,
    body: object | undefined,
    read: (response: Response, ms: () => number) => Promise<T>,
  ): Promise<T | Failed> {
    const began = performance.now();
    const ms = () => performance.now() - began;
    const limit = AbortSignal.timeout(timeoutMs);
    let answered = false;
    try {
      const response = await fetch(`${base}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          accept: 'application/json, text/event-stream',
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {}),
        },
        signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      answered = true;
      if (!response.ok) throw badStatus(response.status, await response.text());
      return await read(response, ms);
    } catch (error) {
      return failed(error, {
        base,
        latencyMs: ms(),
        timeoutMs,
        timedOut: limit.aborted,
        cancelled: options.signal?.aborted ?? false,
        answered,
        apiKey: options.apiKey,
      });
    }
  }

  return {
    base,

    models: () =>
      exchange('/models', undefined, async (response) => {
        const value = JSON.parse(await response.text()) as { data?: unknown };
        if (!Array.isArray(value?.data))
          throw new BadAnswer('garbled', '/v1/models answered without a list of models');
        const models = (value.data as { id?: unknown; parent?: unknown }[])
          .filter((m) => typeof m?.id === 'string')
          .map((m) => ({
            id: m.id as string,
            ...(typeof m.parent === 'string' ? { parent: m.parent } : {}),
          }));
        return { ok: true as const, models };
      }),

    async chat(model, request) {
      const body = {
        model,
        messages: request.messages,
        max_tokens: request.maxTokens ?? 128,
        temperature: request.temperature ?? 0,
        stream: request.stream,
      };
      if (!request.stream) return exchange('/chat/completions', body, readWhole);
      if (!streamOptions) return exchange('/chat/completions', body, readStream);
      const full = await exchange(
        '/chat/completions',
        { ...body, stream_options: { include_usage: true } },
        readStream,
      );
      if (
        full.ok ||
        (full.status !== 400 && full.status !== 422) ||
        !/stream_options|unsupported|unexpected|extra/i.test(full.message)
      )
        return full;
      const plain = await exchange('/chat/completions', body, readStream);
      if (plain.ok) streamOptions = false;
      return plain;
    },
  };
}

/** An answer in one piece. */
async function readWhole(response: Response, ms: () => number): Promise<Answered> {
  const body = readBody(await response.text());
  const latencyMs = ms();
  if (body.error !== undefined)
    throw new BadAnswer('status', `the server answered with an error: ${body.error}`, response.status);
  if (body.text === undefined) throw new BadAnswer('garbled', 'the answer holds no `choices`');
  if (body.text.trim() === '') throw new BadAnswer('empty', 'the answer holds no text');
  return {
    ok: true,
    text: body.text,
    latencyMs,
    outputTokens: body.outputTokens ?? estimateTokens(body.text),
    tokensFrom: body.outputTokens === undefined ? 'characters' : 'usage',
    ...(body.finishReason === undefined ? {} : { finishReason: body.finishReason }),
    ...(body.model === undefined ? {} : { model: body.model }),
  };
}
