import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemError } from '@sluice/contract';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Request, type RetryPolicy, request, shown, waitAsked } from './request.ts';

let server: Server | undefined;
afterEach(() => server?.close());

type Answer = number | 'drop' | 'silence' | { status: number; headers: Record<string, string> };

/** A server that answers as listed, the last answer for ever; `seen` holds what arrived. */
async function serverThat(...answers: Answer[]) {
  const seen: { method: string; body: string; at: number }[] = [];
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    seen.push({ method: incoming.method ?? '', body: Buffer.concat(chunks).toString(), at: Date.now() });
    const answer = answers[Math.min(seen.length, answers.length) - 1];
    if (answer === 'drop') incoming.socket.destroy();
    else if (typeof answer === 'object') outgoing.writeHead(answer.status, answer.headers).end('{}');
    else if (answer !== 'silence') outgoing.writeHead(answer as number).end('{}');
  };
  server = createServer((incoming, outgoing) => void handle(incoming, outgoing));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path`), seen };
}

const fast: RetryPolicy = { attempts: 4, base: 2, cap: 10, random: () => 0.5 };
const ask = (url: URL, more: Partial<Request> = {}, policy = fast) =>
  request(url, { idempotent: true, system: 'the server', ...more }, policy);

describe('a request', () => {
  it.each([408, 429, 500, 502, 503, 504])('is repeated on %i when it may be', async (status) => {
    const { url, seen } = await serverThat(status, status, 200);
    expect((await ask(url, { method: 'POST', body: () => 'twice' })).status).toBe(200);
    expect(seen.map((s) => s.body)).toEqual(['twice', 'twice', 'twice']);
  });

  it('is repeated when the connection breaks', async () => {
    const { url, seen } = await serverThat('drop', 'drop', 200);
    expect((await ask(url)).status).toBe(200);
    expect(seen).toHaveLength(3);
  });

  it.each([200, 400, 401, 404, 409, 412, 501])('takes %i for an answer', async (status) => {
    const { url, seen } = await serverThat(status);
    expect((await ask(url)).status).toBe(status);
    expect(seen).toHaveLength(1);
  });

  it('gives back the last answer when all have failed', async () => {
    const { url, seen } = await serverThat(503);
    expect((await ask(url)).status).toBe(503);
    expect(seen).toHaveLength(4);
  });

  it('that must not happen twice is repeated only where it was not worked on', async () => {
    const refused = await serverThat(429, 503, 200);
    expect((await ask(refused.url, { idempotent: false })).status).toBe(200);
    server?.close();
    const failed = await serverThat(500, 200);
    expect((await ask(failed.url, { idempotent: false })).status).toBe(500);
    server?.close();
    const dropped = await serverThat('drop', 200);
    await expect(ask(dropped.url, { idempotent: false })).rejects.toThrow(SystemError);
    expect(dropped.seen).toHaveLength(1);
  });

  it('waits as long as it is asked to', async () => {
    const { url, seen } = await serverThat({ status: 429, headers: { 'retry-after': '1' } }, 200);
    await ask(url);
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('to nobody says so, without user, password and query', async () => {
    const { url } = await serverThat(200);
    server?.close();
    url.search = 'token=secret';
    const failed = ask(url, { idempotent: false });
    await expect(failed).rejects.toThrow(
      /No answer from the server at http:\/\/127\.0\.0\.1:\d+\/path: nothing listens there \(4 attempts\)/,
    );
    await expect(failed).rejects.not.toThrow('secret');
  });

  it('that is not answered in time is given up', async () => {
    const { url } = await serverThat('silence');
    await expect(ask(url, { timeout: 50 }, { ...fast, attempts: 2 })).rejects.toThrow(
      /did not answer in time \(2 attempts\)/,
    );
  });

  it('ends at once when the job is cancelled, also while it waits', async () => {
    const { url, seen } = await serverThat({ status: 503, headers: { 'retry-after': '60' } });
    const cancel = new AbortController();
    const waiting = ask(url, { signal: cancel.signal });
    while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    setTimeout(() => cancel.abort(), 20);
    await expect(waiting).rejects.toThrow(/abort/i);
    expect(seen).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  it('is seconds, or a date, or nothing', () => {
    const now = Date.UTC(2026, 10, 21, 12);
    expect(waitAsked('120', now)).toBe(120_000);
    expect(waitAsked('Sat, 21 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
    expect(waitAsked('Sat, 21 Nov 2026 11:00:00 GMT', now)).toBe(0);
    fc.assert(fc.property(fc.string(), (text) => waitAsked(text, now) >= 0));
  });
});

it('an address is shown without what may be secret', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true }), (text) => {
      const url = new URL(text);
      url.username = 'user-name';
      url.password = 'pass-word';
      expect(shown(url)).not.toMatch(/user-name|pass-word|\?/);
    }),
  );
});
