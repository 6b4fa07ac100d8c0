import { createServer } from 'node:http';
import { SystemError, UserError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openMetrics } from './open.ts';
import { families, slotMatch } from './prometheus/families/families.ts';

/** A server that gives one answer, and what it was asked with. */
async function answering(status: number, body: string) {
  const asked: { authorization: string | undefined; path: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ authorization: request.headers.authorization, path: request.url });
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { asked, at: `127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
}

describe('the input metrics', () => {
  it('is the path of a log or the address of a Prometheus', async () => {
    expect((await openMetrics({ metrics: '/var/log/gateway.log' })).name).toBe(
      'access log /var/log/gateway.log',
    );
    expect((await openMetrics({ metrics: 'http://u:p@prom:9090/base/?family=vllm' })).name).toBe(
      'Prometheus at http://prom:9090/base',
    );
  });

  it.each([
    ['', /no source/],
    ['ftp://prom', /no source/],
    ['http://', /no address/],
    ['http://prom?famly=vllm', /Did you mean family\?/],
    ['http://prom?family=', /an empty 'family'/],
    ['http://u:secret@prom?x=1', /^(?!.*secret)/],
    ['http://prom?family=vlm', /Did you mean vllm\?/],
    ['http://prom?canary=a"}', /does not choose series/],
  ])('%j is refused', async (metrics, message) => {
    const error = await openMetrics({ metrics }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  });

  it('that is a missing log says so when it is read', async () => {
    const source = await openMetrics({ metrics: '/nowhere/access.log' });
    await expect(source.now()).rejects.toThrow(/access log \/nowhere\/access.log cannot be read/);
  });
});

describe('a Prometheus', () => {
  it.each([
    [401, '', /refuses \(HTTP 401\). Give a token/],
    [200, '<html>', /answers as no Prometheus does/],
    [503, '{"status":"error","errorType":"unavailable","error":"starting"}', /refused the query.*starting/],
    [200, '{"status":"success","data":{"resultType":"vector","result":[]}}', /no sample.*labels fit/],
  ])('that answers %i %s', async (status, body, message) => {
    using server = await answering(status, body);
    const source = await openMetrics({ metrics: `http://${server.at}` });
    const error = await source.now().catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SystemError);
    expect((error as Error).message).toMatch(message);
  });

  it('is asked with the token, else with the user in its address', async () => {
    using server = await answering(401, '');
    await (await openMetrics({ metrics: `http://${server.at}`, token: 't' })).now().catch(() => {});
    await (await openMetrics({ metrics: `http://u:p%40@${server.at}/prom` })).now().catch(() => {});
    expect(server.asked).toEqual([
      { authorization: 'Bearer t', path: '/api/v1/query' },
      { authorization: `Basic ${Buffer.from('u:p@').toString('base64')}`, path: '/prom/api/v1/query' },
    ]);
  });
});

describe('what chooses a slot', () => {
  it('is a value of the label, or matchers', () => {
    expect(slotMatch('canary', families.haproxy)).toBe('proxy="canary"');
    expect(slotMatch('job="a,b",zone=~"x|y"', families.vllm)).toBe('job="a,b",zone=~"x|y"');
    expect(slotMatch('{job="a"}', families.vllm)).toBe('job="a"');
    for (const wrong of ['', 'a"', 'job="a" or vector(1)', 'job="a"} or x{a="b"', 'job=a'])
      expect(() => slotMatch(wrong, families.vllm)).toThrow(UserError);
  });
});
