import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inCluster } from './in-cluster.ts';

it('a Pod logs in by its service account, whose token may be renewed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-pod-'));
  for (const [name, text] of [
    ['token', 'one\n'],
    ['ca.crt', 'PEM'],
    ['namespace', 'llm'],
  ] as const)
    await writeFile(join(folder, name), text);
  const cluster = await inCluster(
    { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' },
    folder,
  );
  expect(cluster?.server.href).toBe('https://[fd00::1]:6443/');
  expect(cluster).toMatchObject({ namespace: 'llm', authority: 'PEM', insecure: false });
  expect((await cluster?.login())?.token).toBe('one');
  await writeFile(join(folder, 'token'), 'two');
  const renewed = await cluster?.login();
  expect(renewed?.token).toBe('two');
  expect(renewed?.expires).toBeGreaterThan(Date.now());
});

it('outside of a Pod there is none, and a Pod without its account is told so', async () => {
  expect(await inCluster({})).toBeUndefined();
  await expect(inCluster({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, '/no/such/folder')).rejects.toThrow(
    /automountServiceAccountToken/,
  );
});
