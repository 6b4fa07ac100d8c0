import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { run as runProgram } from '@sluice/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REGISTRY_USER, type Registry, startRegistry } from '../parts/registry.ts';
import { judgedModel } from './approved.ts';
import { buildOn, useBuilder } from './builder.ts';

const bench = useBuilder();
const build = (given: Record<string, string>) => buildOn(bench.host, bench.registry, given);

describe('bad input and systems that refuse', () => {
  it.each([
    [{ image: 'REG/qwen:v1' }, /is not registry\/name: leave out the tag/],
    [{ tags: '-x' }, /tag '-x' is not allowed/],
    [{ 'build-args': 'no value' }, /build-args has 'no value'/],
    [{ 'base-image': 'UPPER CASE' }, /base-image/],
  ])('%j', async (given, message) => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const error = await build({ record: judged.record, ...given }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toMatch(message);
  });

  it('a builder that is not here', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    Object.assign(bench.host, { env: { ...bench.host.env, PATH: '/nowhere' } });
    for (const [builder, message] of [
      ['buildx', /builder is buildx, but docker buildx is not here; install it/],
      ['auto', /no program that builds images is here; install buildah/],
    ] as const)
      await expect(build({ record: judged.record, builder })).rejects.toThrow(message);
  });

  it('a registry that is down is a system that does not answer, known before anything is built', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const error = await build({ record: judged.record, image: '127.0.0.1:9/team/qwen' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ exitCode: 4 });
    expect(String(error)).toMatch(/registry 127\.0\.0\.1:9 did not answer/);
    expect(bench.host.logged.join('\n')).not.toMatch(/STEP/);
  });

  it('a base image that is not there', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const error = await build({
      record: judged.record,
      'base-image': `${bench.registry.host}/no/such:1`,
    }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 4 });
    expect(String(error)).toMatch(/buildah build ended with/);
  });
});

describe('a registry with a login', () => {
  let guarded: Registry;
  beforeAll(async () => {
    guarded = await startRegistry({ login: true });
  });
  afterAll(async () => await guarded.stop());

  const authFile = async (password: string) => {
    const auth = Buffer.from(`${REGISTRY_USER.name}:${password}`).toString('base64');
    await mkdir(bench.host.workspace, { recursive: true });
    bench.host.write('auth.json', JSON.stringify({ auths: { [guarded.host]: { auth } } }));
    return { 'registry-auth-file': 'auth.json', image: `${guarded.host}/team/qwen` };
  };

  it('takes the image with its login, which the log does not show', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const { outputs } = await build({ record: judged.record, ...(await authFile(REGISTRY_USER.password)) });
    expect(outputs.image).toMatch(new RegExp(`^${guarded.host}/team/qwen@sha256:`));
    expect(bench.host.secrets.cut(REGISTRY_USER.password)).not.toContain(REGISTRY_USER.password);
  });

  it.each([
    ['a wrong password', () => authFile('wrong'), /refuses the credentials of registry-auth-file \(401\)/, 4],
    [
      'no login',
      async () => ({ image: `${guarded.host}/team/qwen` }),
      /asks for a login, and no credentials/,
      4,
    ],
    [
      'no such file',
      async () => ({ 'registry-auth-file': 'nowhere.json' }),
      /registry-auth-file 'nowhere.json' cannot be read/,
      2,
    ],
  ] as const)('%s', async (_, given, message, exitCode) => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const error = await build({ record: judged.record, ...(await given()) }).catch((e: unknown) => e);
    expect(String(error)).toMatch(message);
    expect(error).toMatchObject({ exitCode });
  });
});

it('a certificate of a private authority is trusted where SSL_CERT_FILE names it, and not elsewhere', async () => {
  const secure = await startRegistry({ tls: true });
  try {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const build = (env: NodeJS.ProcessEnv) =>
      runProgram(
        [
          process.execPath,
          fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url)),
          ...['build-vllm-image', '--json', '--record', judged.record, '--base-image', 'scratch'],
          ...['--builder', 'buildah', '--image', `${secure.host}/team/qwen`],
        ],
        { cwd: bench.host.workspace, env: { ...bench.buildah.env, ...env } },
      );
    const unknown = await build({});
    expect(unknown.code).toBe(4);
    expect(unknown.stdout + unknown.stderr).toMatch(
      /a system did not answer.*registry .* certificate; where a private authority/,
    );
    const known = await build({ SSL_CERT_FILE: secure.authority });
    expect(known.stderr).not.toMatch(/a fault of ours/);
    expect(known.code).toBe(0);
    expect(known.stdout).toContain(`${secure.host}/team/qwen@sha256:`);
  } finally {
    await secure.stop();
  }
});
