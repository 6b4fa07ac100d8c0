import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { exchange } from './socket.ts';

/** What is said by something that answers every command with `reply` and hangs up. */
async function said(reply: string): Promise<string> {
  const server = createServer((socket) => socket.once('data', () => socket.end(reply)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await exchange({ host: '127.0.0.1', port }, ['get var proc.canary'], { timeout: 5000 });
  } finally {
    server.close();
  }
}

it('gives what HAProxy prints', async () => {
  expect(await said('proc.canary: type=sint value=<0>\n')).toBe('proc.canary: type=sint value=<0>\n');
});

it.each(['', 'proc.canary: type=si'])(
  'takes an answer that is broken off (%j) for no answer',
  async (reply) => {
    await expect(said(reply)).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/broke off its answer on tcp:127\.0\.0\.1:\d+/),
    });
  },
);
