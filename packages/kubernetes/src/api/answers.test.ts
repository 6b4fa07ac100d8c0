import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectKubernetes } from '../connect.ts';
import { resources } from './resource.ts';

let body = '';
let folder: string;
const server = createServer((_, response) => response.writeHead(200).end(body));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-answers-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

it.each([
  ['the page of a login', '<html>Sign in</html>'],
  ['half an object', '{"kind": "Service", "metad'],
  ['another JSON', '{}'],
])('%s is no answer of a Kubernetes API', async (_, text) => {
  body = text;
  const KUBECONFIG = join(folder, 'config');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    KUBECONFIG,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'one',
      clusters: [{ name: 'one', cluster: { server: address } }],
      users: [{ name: 'one', user: { token: 'a-token' } }],
      contexts: [{ name: 'one', context: { cluster: 'one', user: 'one' } }],
    }),
  );
  const kubernetes = await connectKubernetes({ env: { KUBECONFIG } });
  const asked = kubernetes.get({ resource: resources.service, namespace: 'default', name: 'chat' });
  await expect(asked).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining(`${address} answers as no Kubernetes API does`),
  });
});
