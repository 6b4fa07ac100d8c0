import { connect, models, waitUntilReady, warmUp } from '@sluice/inference';
import { freePort } from '@sluice/process';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, type FaultyServer, faultyServer } from './faulty-server.ts';

const KEY = 'sk-very-secret';
let server: FaultyServer;
beforeAll(async () => {
  server = await faultyServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.fault = 'none';
});

const ask = (stream: boolean, timeoutMs = 5000, signal?: AbortSignal) =>
  connect({ endpoint: server.url, apiKey: KEY, timeoutMs, signal }).chat('toy', {
    messages: [{ role: 'user', content: '什么是机器学习？' }],
    stream,
  });

describe('a server that answers', () => {
  it('is read whole', async () => {
    expect(await ask(false)).toMatchObject({
      ok: true,
      text: '机器学习 is learning 🙂',
      outputTokens: 7,
      tokensFrom: 'usage',
      finishReason: 'stop',
      model: 'toy',
    });
  });

  it('is read as a stream: the first text counts, not the empty chunk before it', async () => {
    const answer = await ask(true);
    expect(answer).toMatchObject({
      ok: true,
      text: '机器学习 is learning 🙂',
      outputTokens: 7,
      tokensFrom: 'usage',
    });
    if (!answer.ok || answer.ttftMs === undefined || answer.tpotMs === undefined) throw new Error('no times');
    expect(answer.ttftMs).toBeGreaterThanOrEqual(29);
    expect(answer.latencyMs).toBeGreaterThan(answer.ttftMs);
    expect(answer.tpotMs).toBeCloseTo((answer.latencyMs - answer.ttftMs) / 6);
  });

  it('counts chunks, or estimates from characters, where it counts no tokens itself', async () => {
    server.fault = 'no-usage';
    expect(await ask(true)).toMatchObject({ outputTokens: 5, tokensFrom: 'chunks' });
    expect(await ask(false)).toMatchObject({ tokensFrom: 'characters' });
  });

  it('is asked without stream_options where it refuses them, and only once', async () => {
    server.fault = 'refuses-stream-options';
    const client = connect({ endpoint: server.url });
    const before = server.chats;
    const request = { messages: [{ role: 'user', content: 'Hello' }] as const, stream: true };
    expect(await client.chat('toy', request)).toMatchObject({ ok: true });
    expect(await client.chat('toy', request)).toMatchObject({ ok: true });
    expect(server.bodies.slice(before).map((body) => 'stream_options' in body)).toEqual([true, false, false]);
  });

  it('says what it serves', async () => {
    expect(await models({ endpoint: server.url })).toEqual(['toy']);
    server.fault = 'models-500';
    await expect(models({ endpoint: server.url })).rejects.toThrow('HTTP 500: Internal Server Error');
  });
});

describe('a server whose health is fine and whose answers are not', () => {
  it.each<[Fault, boolean, string, RegExp]>([
    ['crash', false, 'status', /HTTP 500: EngineDeadError/],
    ['unauthorized', true, 'status', /HTTP 401: Invalid API key \(is `api-key` given/],
    ['rate-limit', false, 'status', /HTTP 429: Too many requests/],
    ['empty', false, 'empty', /no text/],
    ['empty', true, 'empty', /no event/],
    ['role-only', true, 'empty', /no text/],
    ['not-json', false, 'garbled', /not JSON/],
    ['not-json', true, 'garbled', /not JSON: <html>/],
    ['no-choices', false, 'garbled', /no `choices`/],
    ['no-choices', true, 'garbled', /broke off/],
    ['not-utf8', true, 'garbled', /not UTF-8/],
    ['broken-stream', true, 'garbled', /broke off/],
    ['error-in-stream', true, 'status', /CUDA out of memory/],
    ['no-stream', true, 'garbled', /asked for a stream, got application\/json/],
  ])('%s (stream: %s) is %s', async (fault, stream, kind, message) => {
    server.fault = fault;
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
    const failed = await ask(stream);
    expect(failed).toMatchObject({ ok: false, kind, message: expect.stringMatching(message) });
  });

  it.each<[Fault, boolean]>([
    ['slow', false],
    ['stall', true],
  ])('%s is a timeout', async (fault, stream) => {
    server.fault = fault;
    const failed = await ask(stream, 150);
    expect(failed).toMatchObject({ kind: 'timeout', message: 'no whole answer within 0.15 s' });
    expect(failed.latencyMs).toBeGreaterThan(140);
  });

  it('never shows the key, though the server sends it back', async () => {
    server.fault = 'echoes-key';
    const failed = await ask(false);
    expect(JSON.stringify(failed)).not.toContain(KEY);
    expect(failed).toMatchObject({ message: expect.stringContaining('Bearer ***') });
  });

  it('is left when the job is cancelled', async () => {
    server.fault = 'stall';
    expect(await ask(true, 5000, AbortSignal.timeout(50))).toMatchObject({ kind: 'cancelled' });
  });
});

describe('no server', () => {
  it('is refused, says where, and warm-up does not go on asking', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const exchanges = await warmUp({ endpoint, model: 'toy', requests: 5 });
    expect(exchanges).toEqual([
      expect.objectContaining({ kind: 'refused', message: expect.stringContaining(`${endpoint}/v1`) }),
    ]);
  });

  it('is waited for until the time is over or its program has ended', async () => {
    const client = connect({ endpoint: `http://127.0.0.1:${await freePort()}` });
    expect(await waitUntilReady({ client, timeoutMs: 100, intervalMs: 20 })).toMatchObject({
      kind: 'refused',
    });
    expect(await waitUntilReady({ client, timeoutMs: 60_000, alive: () => false })).toMatchObject({
      kind: 'refused',
    });
  });

  it('that comes up is found, also one that cannot list its models', async () => {
    server.fault = 'models-500';
    expect(await waitUntilReady({ client: connect({ endpoint: server.url }), timeoutMs: 1000 })).toEqual({
      ok: true,
    });
  });
});
