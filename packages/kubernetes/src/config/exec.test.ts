import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { execLogin } from './exec.ts';

const env = { PATH: process.env.PATH };
const ask = async (program: string, more: object = {}) =>
  await execLogin(
    {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', program],
      env: [{ name: 'PROFILE', value: 'prod' }],
      ...more,
    },
    { file: '/k/config', cluster: { server: 'https://dev.example' }, env },
  );
const answer = (status: string) => `console.log(JSON.stringify({kind: 'ExecCredential', status: ${status}}))`;

describe('a credential plugin', () => {
  it('is asked for a token, in its own environment', async () => {
    expect(
      await ask(answer("{token: process.env.PROFILE, expirationTimestamp: '2030-01-01T00:00:00Z'}")),
    ).toEqual({
      token: 'prod',
      certificate: undefined,
      key: undefined,
      expires: Date.UTC(2030, 0, 1),
    });
  });

  it('learns of the cluster only where it asks for it', async () => {
    const told = answer('{token: JSON.stringify(JSON.parse(process.env.KUBERNETES_EXEC_INFO).spec)}');
    expect((await ask(told)).token).toBe('{"interactive":false}');
    expect((await ask(told, { provideClusterInfo: true })).token).toContain('https://dev.example');
  });

  it('lies beside the file that names it where its name is a path', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-exec-'));
    await writeFile(join(folder, 'plugin'), `#!${process.execPath}\n${answer("{token: 't'}")}`, {
      mode: 0o755,
    });
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './plugin' };
    expect((await execLogin(exec, { file: join(folder, 'config'), cluster: {}, env })).token).toBe('t');
  });

  it('that fails, is missing or says nothing is named, with what it said', async () => {
    await expect(ask('console.error("no session"); process.exit(3)')).rejects.toThrow(
      /ended with 3: no session/,
    );
    await expect(ask(answer('{}'))).rejects.toThrow(/neither a token nor a certificate/);
    await expect(ask('console.log("{")')).rejects.toThrow(/neither a token/);
    await expect(ask('', { command: 'no-such-plugin', installHint: 'See example.com' })).rejects.toThrow(
      /no-such-plugin.*See example\.com/s,
    );
  });
});
