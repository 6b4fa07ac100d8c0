import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { Users } from './users.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Lets users come to a gateway that answers so, until `enough` of them have been answered. */
async function usersOf(listener: RequestListener, enough: number): Promise<Users> {
  const gateway = createServer((request, response) => {
    request.resume();
    listener(request, response);
  });
  server = gateway;
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const users = new Users((gateway.address() as { port: number }).port, 200);
  for (const end = Date.now() + 20_000; users.requests < enough && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 10));
  await users.leave();
  return users;
}

it('what a version failed itself is not lost; what no version answered is', async () => {
  let n = 0;
  const users = await usersOf((_, response) => {
    const kind = n++ % 4;
    if (kind === 0) response.writeHead(200, { 'x-version': 'good-v1' }).end('{}');
    else if (kind === 1) response.writeHead(500, { 'x-version': 'bad-v2' }).end('out of memory');
    else if (kind === 2) response.writeHead(503).end('no server');
    else response.destroy();
  }, 40);
  expect(users.requests).toBe(n);
  const [good, bad] = [users.of('good-v1'), users.of('bad-v2')];
  expect(good).toMatchObject({ requests: Math.ceil(n / 4), failed: 0, firstFailure: undefined });
  expect(bad).toMatchObject({ requests: bad.failed });
  expect(bad.firstFailure).toBeGreaterThan(0);
  expect(users.lost).toHaveLength(n - good.requests - bad.requests);
  expect(users.lost.map(({ reason }) => reason)).toContain('503 no server');
});

it('an answer that breaks off was lost on the way', async () => {
  const users = await usersOf((_, response) => {
    response.writeHead(200, { 'x-version': 'good-v1', 'content-length': '100' });
    response.write('half');
    setTimeout(() => response.destroy(), 5);
  }, 10);
  expect(users.lost).toHaveLength(users.requests);
});
