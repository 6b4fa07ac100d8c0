import { expect, it } from 'vitest';
import { ask } from './ask.ts';
import type { Client } from './client.ts';
import type { Answered, Exchange, Failed } from './exchange.ts';

const answered = (text: string, finishReason = 'stop'): Answered => ({
  ok: true,
  text,
  latencyMs: 1,
  outputTokens: 1,
  tokensFrom: 'usage',
  finishReason,
});
const failed = (kind: Failed['kind'], status?: number): Failed => ({
  ok: false,
  kind,
  message: `${kind} ${status}`,
  latencyMs: 1,
  ...(status === undefined ? {} : { status }),
});

/** Asks a server that gives these answers one after another; how often it was asked stands beside what came of it. */
async function asked(...exchanges: Exchange[]) {
  const left = [...exchanges];
  const client = { chat: async () => left.shift() as Exchange } as unknown as Client;
  const { signal } = new AbortController();
  const result = await ask(client, 'm', 'q', { maxTokens: 8, signal, again: [0, 0] });
  return { ...result, times: exchanges.length - left.length };
}

it('asks again where a fault may pass, and no more often than it was told', async () => {
  expect(await asked(failed('status', 503), failed('timeout'), answered('yes'))).toEqual({
    kind: 'answered',
    text: 'yes',
    times: 3,
  });
  expect(
    await asked(failed('garbled'), failed('status', 429), failed('timeout'), answered('late')),
  ).toMatchObject({ kind: 'unanswered', times: 3 });
  expect(await asked(failed('status', 400), answered('yes'))).toMatchObject({ kind: 'unanswered', times: 1 });
});

it.each([failed('refused'), failed('status', 401), failed('status', 404)])(
  'says that no question will be answered: %j',
  async (exchange) => {
    expect(await asked(exchange, answered('yes'))).toMatchObject({ kind: 'hopeless', times: 1 });
  },
);

it('an answer that was cut off is empty, and a job that is cancelled asks nothing more', async () => {
  expect(await asked(answered('VERDICT: ye', 'length'))).toMatchObject({ kind: 'answered', text: '' });
  const stopped = new AbortController();
  const client = {
    chat: async () => {
      stopped.abort(new Error('cancelled by the host'));
      return failed('cancelled');
    },
  } as unknown as Client;
  const question = ask(client, 'm', 'q', { maxTokens: 8, signal: stopped.signal });
  await expect(question).rejects.toThrow('cancelled by the host');
});
