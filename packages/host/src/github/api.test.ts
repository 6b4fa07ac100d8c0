import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { githubApi, writeStatus } from './api.ts';

let server: Server;
beforeEach(async () => {
  server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

it('does not wait without end for a host that never answers', async () => {
  const limit = AbortSignal.timeout.bind(AbortSignal);
  const asked = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => limit(50));
  const api = await githubApi(
    {
      GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GITHUB_REPOSITORY: 'lab/models',
    },
    'forge-token',
  );
  const status = { state: 'success', context: 'sluice', description: 'well' } as const;
  const { signal } = new AbortController();
  await expect(writeStatus(api, 'a'.repeat(40), status, undefined, signal)).rejects.toThrow(/timeout/);
  expect(asked).toHaveBeenCalledWith(30_000);
});
