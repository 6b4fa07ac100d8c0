/** One request and what came of it. Times are milliseconds from sending, by a monotonic clock. */
export type Exchange = Answered | Failed;

export interface Answered {
  readonly ok: true;
  readonly text: string;
  /** Streams only: to the first chunk that carries text; an empty chunk that only names the role does not count. */
  readonly ttftMs?: number;
  /** Streams: to the last chunk that carries text. Else: to the end of the body. */
  readonly latencyMs: number;
  /** Streams of two tokens or more: (latency - TTFT) / (tokens - 1), vLLM's TPOT. */
  readonly tpotMs?: number;
  readonly outputTokens: number;
  /** `usage`: counted by the server; `chunks`: one a chunk of the stream; `characters`: estimated from the text. */
  readonly tokensFrom: 'usage' | 'chunks' | 'characters';
  /** `stop`, `length` …; undefined where the server gives none. */
  readonly finishReason?: string;
  /** The name under which the server says it answered. */
  readonly model?: string;
}

/** Why a request has no usable answer. */
export type FailureKind =
  /** No server: connection refused, unknown name, failed TLS handshake. */
  | 'refused'
  /** No whole answer within the time limit. */
  | 'timeout'
  /** A status other than 2xx, or an error object inside a stream. */
  | 'status'
  /** An answer without any text. */
  | 'empty'
  /** Not what the protocol says: no JSON, no choices, no UTF-8, a stream or body that breaks off. */
  | 'garbled'
  /** The job was cancelled. */
  | 'cancelled';

export interface Failed {
  readonly ok: false;
  readonly kind: FailureKind;
  /** One sentence for people; never holds the API key. */
  readonly message: string;
  readonly status?: number;
  readonly latencyMs: number;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly Message[];
  readonly stream: boolean;
  /** The most tokens of an answer; default 128. */
  readonly maxTokens?: number;
  /** Default 0. */
  readonly temperature?: number;
}
