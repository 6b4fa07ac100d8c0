import { type Body, readBody } from './body.ts';
import type { Answered } from './exchange.ts';
import { BadAnswer } from './failure.ts';
import { SseParser } from './sse.ts';

/**
 * Reads a streamed answer to its end. A stream that breaks off, i.e. ends without `[DONE]` and without a reason to
 * finish, is garbled: the server died in the middle of an answer, though the status was 200.
 */
export async function readStream(response: Response, ms: () => number): Promise<Answered> {
  const answer = new StreamedAnswer();
  const sse = new SseParser();
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes ? utf8.decode(bytes, { stream: true }) : utf8.decode();
    } catch {
      throw new BadAnswer('garbled', 'the stream is not UTF-8');
    }
  };
  if (!response.headers.get('content-type')?.includes('event-stream') && response.body)
    answer.type = response.headers.get('content-type');
  for await (const bytes of response.body ?? []) {
    const at = ms();
    for (const event of sse.push(decode(bytes))) answer.add(event.data, at);
  }
  for (const event of [...sse.push(decode()), ...sse.end()]) answer.add(event.data, ms());
  return answer.whole();
}

class StreamedAnswer {
  /** The content type, where it is not that of an event stream. */
  type: string | null | undefined;
  #text = '';
  #chunks = 0;
  #first: number | undefined;
  #last = 0;
  #tokens: number | undefined;
  #finishReason: string | undefined;
  #model: string | undefined;
  #done = false;
  #events = 0;

  add(data: string, at: number): void {
    if (this.#done) return;
    this.#events++;
    if (data === '[DONE]') {
      this.#done = true;
      return;
    }
    let body: Body;
    try {
      body = readBody(data);
    } catch {
      throw new BadAnswer(
        'garbled',
        `a chunk of the stream is not JSON: ${data.slice(0, 80).toWellFormed()}`,
      );
    }
    if (body.error !== undefined)
      throw new BadAnswer('status', `the stream ended with an error: ${body.error}`);
    this.#tokens = body.outputTokens ?? this.#tokens;
    this.#finishReason = body.finishReason ?? this.#finishReason;
    this.#model ??= body.model;
    if (!body.text) return;
    this.#first ??= at;
    this.#last = at;
    this.#chunks++;
    this.#text += body.text;
  }

  whole(): Answered {
    if (this.#events === 0)
      throw this.type === undefined
        ? new BadAnswer('empty', 'the stream holds no event')
        : new BadAnswer('garbled', `asked for a stream, got ${this.type ?? 'a body without a type'}`);
    if (!this.#done && this.#finishReason === undefined)
      throw new BadAnswer('garbled', 'the stream broke off before the answer was whole');
    if (this.#text.trim() === '' || this.#first === undefined)
      throw new BadAnswer('empty', 'the answer holds no text');
    const tokens = this.#tokens || this.#chunks;
    return {
      ok: true,
      text: this.#text,
      ttftMs: this.#first,
      latencyMs: this.#last,
      ...(tokens > 1 ? { tpotMs: (this.#last - this.#first) / (tokens - 1) } : {}),
      outputTokens: tokens,
      tokensFrom: this.#tokens ? 'usage' : 'chunks',
      ...(this.#finishReason === undefined ? {} : { finishReason: this.#finishReason }),
      ...(this.#model === undefined ? {} : { model: this.#model }),
    };
  }
}
