/** What is read of an answer; only the fields that count, all of them unproven. */
interface Choice {
  readonly delta?: TextFields | null;
  readonly message?: TextFields | null;
  readonly text?: unknown;
  readonly finish_reason?: unknown;
}
interface TextFields {
  readonly content?: unknown;
  /** Models that think aloud write here first; also called `reasoning`. */
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly tool_calls?: unknown;
}

/** A whole answer, or one chunk of a stream. */
export interface Body {
  /** Undefined where there is no `choices`: not an answer at all. */
  readonly text: string | undefined;
  readonly outputTokens: number | undefined;
  readonly finishReason: string | undefined;
  readonly model: string | undefined;
  /** The message of an error object. */
  readonly error: string | undefined;
}

/** Reads `chat.completion` and `chat.completion.chunk` objects. @throws SyntaxError where it is no JSON object. */
export function readBody(json: string): Body {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null) throw new SyntaxError('not a JSON object');
  const { choices, usage, model, error } = value as Record<string, unknown>;
  const first = Array.isArray(choices) ? ((choices[0] ?? {}) as Choice) : undefined;
  const tokens = (usage as { completion_tokens?: unknown } | null | undefined)?.completion_tokens;
  return {
    text: first && textOf(first),
    outputTokens: typeof tokens === 'number' && Number.isInteger(tokens) && tokens >= 0 ? tokens : undefined,
    finishReason: typeof first?.finish_reason === 'string' ? first.finish_reason : undefined,
    model: typeof model === 'string' ? model : undefined,
    error: error === undefined || error === null ? undefined : errorText(error),
  };
}

function textOf(choice: Choice): string {
  const fields = choice.delta ?? choice.message ?? {};
  const texts = [fields.reasoning_content ?? fields.reasoning, fields.content, choice.text];
  const text = texts.filter((t) => typeof t === 'string').join('');
  if (text !== '') return text;
  const calls = fields.tool_calls;
  return Array.isArray(calls) && calls.length > 0 ? JSON.stringify(calls) : '';
}

/** The sentence in an error body of any of the usual forms: OpenAI's, FastAPI's `detail`, plain text. */
export function errorText(error: unknown): string {
  if (typeof error === 'string') {
    try {
      const inner: unknown = JSON.parse(error);
      if (typeof inner === 'object' && inner !== null) return errorText(inner);
    } catch {
      // plain text is shown as it is
    }
    return shortened(error);
  }
  if (typeof error === 'object' && error !== null) {
    const fields = error as Record<string, unknown>;
    for (const name of ['message', 'detail', 'error']) {
      const inner = fields[name];
      if (typeof inner === 'string' && inner !== '') return shortened(inner);
      if (typeof inner === 'object' && inner !== null) return errorText(inner);
    }
  }
  return shortened(JSON.stringify(error) ?? String(error));
}

const shortened = (text: string) => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300).toWellFormed()}…` : line;
};
