import { createServer, type Server } from 'node:http';
import type { Completed } from '@sluice/rollout';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from './verify.ts';

const RESTORED: Completed = {
  runId: 'run-0000-0001',
  version: 'qwen-v1.0.0',
  image: 'none',
  record: 'none',
  metrics: { requests: 1000, errors: 0, 'error-rate': 0, 'latency-p99-ms': 1000 },
  completedAt: 0,
};
const recorded = (metrics: Record<string, number>): Completed => ({
  ...RESTORED,
  metrics: { ...RESTORED.metrics, ...metrics },
});
const { signal } = new AbortController();

let server: Server;
let failing: number;
/** Milliseconds that each chat takes. */
let takes: number;
beforeEach(async () => {
  failing = 0;
  takes = 0;
  server = createServer((request, response) => {
    const models = request.url === '/v1/models';
    const status = !models && failing-- > 0 ? 500 : 200;
    const body = models
      ? { data: [{ id: 'qwen-v1.0.0' }] }
      : { choices: [{ message: { content: 'Hello' }, finish_reason: 'stop' }] };
    const answer = () =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    request.resume().on('end', () => setTimeout(answer, models ? 0 : takes));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const asked = (restored: Completed | undefined, probes = 5) => {
  const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  return verify({ address, apiKey: undefined }, restored, probes, signal);
};

describe('verify', () => {
  it('says how many answered', async () => {
    expect(await asked(RESTORED)).toMatchObject({ ok: true, probes: 5, failed: 0 });
    expect(await asked(undefined)).toMatchObject({ ok: true });
  });

  it.each([
    [1, true],
    [3, false],
  ])('%i failed answers of five, where none of a thousand had failed: %s', async (count, ok) => {
    failing = count;
    expect(await asked(RESTORED)).toMatchObject({ ok, failed: count });
  });

  it('with nothing recorded a single failed answer is one too many', async () => {
    failing = 1;
    expect(await asked(undefined)).toMatchObject({ ok: false, failed: 1 });
  });

  it('as many failures as were recorded are no news, and none at all answered is', async () => {
    failing = 3;
    expect(await asked(recorded({ errors: 500, 'error-rate': 0.5 }))).toMatchObject({ ok: true });
    failing = 5;
    const none = await asked(recorded({ errors: 900, 'error-rate': 0.9 }));
    expect(none).toMatchObject({ ok: false, reason: expect.stringMatching(/no probe of .* was answered/) });
  });

  it('over twice the recorded P99 in every answer is not the version that was recorded', async () => {
    const slow = await asked(recorded({ 'latency-p99-ms': 0 }));
    expect(slow).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/5 of 5 probes took over 2 times the recorded P99/),
    });
  });

  it('what slows the version beside it too is not its fault; a faster one beside it, or none that answers, is no excuse', async () => {
    const address = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
    const [own, fast] = [{ address, apiKey: undefined }, createServer()];
    fast.on('request', (request, response) => {
      const body = { data: [{ id: 'qwen-v1.1.0' }], choices: [{ message: { content: 'Hello' } }] };
      request.resume().on('end', () => response.end(JSON.stringify(body)));
    });
    await new Promise<void>((resolve) => fast.listen(0, '127.0.0.1', resolve));
    const { port } = fast.address() as { port: number };
    takes = 900;
    const recordedAs = recorded({ 'latency-p99-ms': 300 });
    const beside = (other: number | undefined) =>
      verify(own, recordedAs, 2, signal, {
        address: other === undefined ? address : `http://127.0.0.1:${other}`,
        apiKey: undefined,
      });
    expect(await beside(undefined)).toMatchObject({
      ok: true,
      reason: expect.stringMatching(/0 over 2 times .*; 2 more were, and the version beside it as well/),
    });
    expect(await beside(port)).toMatchObject({ ok: false, reason: expect.stringMatching(/2 of 2 probes/) });
    fast.closeAllConnections();
    await new Promise((resolve) => fast.close(resolve));
    expect(await beside(port)).toMatchObject({ ok: false });
  });

  it('a single slow answer proves nothing, where it is the only one too', async () => {
    expect(await asked(recorded({ 'latency-p99-ms': 0 }), 1)).toMatchObject({ ok: true });
  });

  it('another version under the address is not the restored one', async () => {
    expect(await asked({ ...RESTORED, version: 'qwen-v0.9.0' })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/serves qwen-v1\.0\.0, not qwen-v0\.9\.0/),
    });
  });
});
