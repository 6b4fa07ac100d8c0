import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { run as runProgram } from '@sluice/process';
import { imageNamed, modelDigest, openRecord } from '@sluice/record';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../actions/build-vllm-image/src/definition.ts';
import { run } from '../../actions/build-vllm-image/src/run.ts';
import { type Buildah, startBuildah } from '../parts/buildah.ts';
import { manifestOf, REGISTRY_USER, type Registry, startRegistry, unpack } from '../parts/registry.ts';
import { judgedModel } from './approved.ts';

let buildah: Buildah;
let registry: Registry;
let host: TestHost;
beforeAll(async () => {
  [buildah, registry] = await Promise.all([startBuildah(), startRegistry()]);
});
afterAll(async () => {
  await registry.stop();
  await buildah.remove();
});
beforeEach(() => {
  host = testHost({ action: 'build-vllm-image', env: { ...buildah.env, SLUICE_STORE_URL: undefined } });
});
afterEach(() => host.dispose());

const build = (given: Record<string, string>) =>
  run(
    parseInputs(
      definition,
      new Map(
        Object.entries({
          builder: 'buildah',
          'base-image': 'scratch',
          image: `${registry.host}/team/qwen`,
          'tls-verify': 'false',
          ...given,
        }),
      ),
    ),
    host,
  );
/** What buildah has of its own: an image that was pushed need not stay. */
const localImages = async () => (await buildah.run('images', '--format', '{{.Name}}')).split('\n');

describe('an image of a model that a gate approved', () => {
  it('holds exactly the approved bytes, and the registry says what the outputs say', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const { outputs, refused } = await build({
      record: judged.record,
      'run-id': judged.runId,
      deploy: 'true',
    });
    expect(refused).toBeUndefined();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-unpacked-'));
    try {
      const found = await unpack(registry, 'team/qwen', 'qwen-v1.1.0', folder);
      expect(outputs).toMatchObject({
        image: `${registry.host}/team/qwen@${found.digest}`,
        digest: found.digest,
        version: { name: 'qwen', semver: '1.1.0' },
        'run-id': judged.runId,
      });
      const size = [found.manifest.config, ...found.manifest.layers].reduce(
        (sum, part) => sum + part.size,
        0,
      );
      expect(outputs['size-bytes']).toBe(size);
      expect(found.config.Labels).toMatchObject({
        'org.opencontainers.image.version': 'qwen-v1.1.0',
        'org.opencontainers.image.revision': 'c0ffee'.repeat(6).padEnd(40, '0'),
        'org.opencontainers.image.base.name': 'scratch',
        'dev.sluice.run-id': judged.runId,
        'dev.sluice.model-digest': judged.digest,
      });
      expect(found.config.Entrypoint).toEqual([
        ...['vllm', 'serve', '/opt/sluice/model', '--host', '0.0.0.0', '--port', '8000'],
        ...['--served-model-name', 'qwen-v1.1.0'],
      ]);
      expect(found.config.Env).toContain('HF_HUB_OFFLINE=1');
      expect(await modelDigest(join(folder, 'opt/sluice/model'))).toBe(judged.digest);
      expect((await readdir(join(folder, 'opt/sluice/model'))).sort()).toEqual([
        'config.json',
        'model.safetensors',
        'vocab',
      ]);
      expect(await readdir(folder)).toEqual(['opt']);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }

    const bom = JSON.parse(
      await readFile(join(host.workspace, outputs.sbom as string), 'utf8').catch(() =>
        readFile(outputs.sbom as string, 'utf8'),
      ),
    );
    expect(bom).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: outputs.image, version: 'qwen-v1.1.0' } },
      components: [{ hashes: [{ alg: 'SHA-256', content: judged.digest.slice(7) }] }],
    });

    const record = await openRecord(outputs.record as string as never, judged.store);
    expect(imageNamed(record, outputs.image as never)).toEqual({
      image: outputs.image,
      identity: judged.identity,
      version: 'qwen-v1.1.0',
    });
    expect(await localImages()).not.toContain(`${registry.host}/team/qwen`);

    // once more, from the record that it gave out: the same bytes give the same image
    const again = await build({ record: outputs.record as string });
    expect(again.outputs.digest).toBe(outputs.digest);
  });

  it('stands on a base image of the registry, under the tags that were given', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const base = `${registry.host}/mirror/server`;
    const made = await buildah.run('from', 'scratch');
    await buildah.run('config', '--env', 'SERVER=1', made);
    await buildah.run('commit', made, `${base}:1`);
    await buildah.run('push', '--tls-verify=false', `${base}:1`, `docker://${base}:1`);
    await buildah.run('rmi', '--force', `${base}:1`);
    const { digest } = await manifestOf(registry, 'mirror/server', '1');
    const { outputs } = await build({
      record: judged.record,
      image: `${registry.host}/team/based`,
      'base-image': `${base}@${digest}`,
      tags: 'qwen-v1.1.0,next',
      sbom: 'false',
    });
    for (const tag of ['qwen-v1.1.0', 'next'])
      expect((await manifestOf(registry, 'team/based', tag)).digest).toBe(outputs.digest);
    const folder = await mkdtemp(join(tmpdir(), 'sluice-unpacked-'));
    const { config } = await unpack(registry, 'team/based', 'next', folder);
    await rm(folder, { recursive: true, force: true });
    expect(config.Env).toContain('SERVER=1');
    expect(config.Labels['org.opencontainers.image.base.digest']).toBe(digest);
    expect(outputs.sbom).toBe('none');
    expect(await localImages()).not.toContain(`${registry.host}/team/based`);
  });

  it('carries an adapter beside a base model, with room for its highest rank', async () => {
    const judged = await judgedModel({ workspace: host.workspace, kind: 'adapter' });
    const given = { record: judged.record, image: `${registry.host}/team/adapted`, 'lora-name': 'support' };
    await expect(build(given)).rejects.toThrow(/pass base-model, the path of the base model inside/);
    const { outputs } = await build({ ...given, 'base-model': '/models/base' });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-unpacked-'));
    const { config } = await unpack(registry, 'team/adapted', 'qwen-v1.1.0', folder);
    expect(await modelDigest(join(folder, 'opt/sluice/adapter'))).toBe(judged.digest);
    await rm(folder, { recursive: true, force: true });
    expect(config.Entrypoint.slice(2, 3)).toEqual(['/models/base']);
    expect(config.Entrypoint.join(' ')).toContain(
      '--max-lora-rank 32 --max-loras 2 --lora-modules qwen-v1.1.0=/opt/sluice/adapter support=/opt/sluice/adapter',
    );
    const record = await openRecord(outputs.record as string as never, judged.store);
    expect(imageNamed(record, outputs.image as never)?.identity).toEqual(judged.identity);
  });

  it('is only described by a dry run, and only built without push', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const image = `${registry.host}/team/dry`;
    const dry = await build({ record: judged.record, image, 'dry-run': 'true' });
    expect(dry.outputs).toMatchObject({ image: 'none', digest: 'none', record: judged.record });
    expect(dry.sentence).toBe(`would build ${image}:qwen-v1.1.0 on scratch with buildah, and push it`);
    expect(await readdir(host.temp)).toEqual([]);

    const built = await build({ record: judged.record, image, push: 'false' });
    expect(built.outputs).toMatchObject({ image: 'none', digest: 'none', record: judged.record });
    expect(built.outputs['size-bytes']).toBeGreaterThan(3000);
    expect(await localImages()).toContain(image);
    await expect(manifestOf(registry, 'team/dry', 'qwen-v1.1.0')).rejects.toThrow('404');
  });
});

describe('what is not approved gets no image', () => {
  it('deploy: false ends before anything is opened', async () => {
    const { outputs, refused, always } = await build({ deploy: 'false' });
    expect({ refused, always }).toEqual({
      refused: 'deploy is false: the gate did not approve this model',
      always: true,
    });
    expect(Object.values(outputs)).toEqual(['none', 'none', 'none', 0, 'none', 'none', 'none']);
    expect(await readdir(host.workspace)).toEqual([]);
  });

  it('an empty deploy is no decision', async () => {
    await expect(async () => build({ deploy: '' })).rejects.toThrow(/deploy/);
  });

  it.each([
    ['reject', {}],
    ['undecided', {}],
    ['approve', { resultsOnly: true }],
  ] as const)('a record that says %s %j', async (decision, more) => {
    const judged = await judgedModel({ workspace: host.workspace, decision, ...more });
    const { outputs, refused, always } = await build({ record: judged.record, deploy: 'true' });
    expect(outputs).toMatchObject({ image: 'none', digest: 'none' });
    expect(always).toBe(true);
    expect(refused).toMatch(/holds no approval of model sha256:/);
  });

  it('an approval that a later reject took back, also one beside the pinned record', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    await judged.judge('reject');
    expect((await build({ record: judged.record })).refused).toMatch(/approved .* and rejected afterwards/);
  });

  it('no record at all', async () => {
    await expect(build({})).rejects.toThrow(/needs a record that proves the gate's approval/);
  });

  it('another model digest than the one that was judged', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const other = `sha256:${'0'.repeat(64)}`;
    await expect(build({ record: judged.record, 'model-digest': other })).rejects.toThrow(
      `model-digest is ${other}, but the gate approved the model ${judged.digest}`,
    );
  });

  it('bytes that were changed after they were judged, with both digests', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    await writeFile(join(judged.folder, 'model.safetensors'), 'other weights');
    const now = await modelDigest(judged.folder);
    await expect(build({ record: judged.record })).rejects.toThrow(
      new RegExp(`has the digest ${now}; expected ${judged.digest}`),
    );
  });

  it('a record that was changed, with both digests', async () => {
    const judged = await judgedModel({ workspace: host.workspace, decision: 'reject' });
    const folder = join(host.workspace, '.sluice/store', judged.runId, 'record');
    const name = (await readdir(folder)).find((n) => n.endsWith('.intoto.jsonl')) as string;
    const text = await readFile(join(folder, name), 'utf8');
    await writeFile(join(folder, name), text.replaceAll('reject', 'approve').replace('1.0.0', '1.0.1'));
    await expect(build({ record: judged.record })).rejects.toThrow(
      /sha256:[0-9a-f]{64}.*sha256:[0-9a-f]{64}/s,
    );
  });

  it('a run that is not the record’s', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    await expect(build({ record: judged.record, 'run-id': 'run-0000-0002' })).rejects.toThrow(
      /run-id is run-0000-0002, but the record is of run run-0000-0001/,
    );
  });
});

describe('bad input and systems that refuse', () => {
  it.each([
    [{ image: 'REG/qwen:v1' }, /is not registry\/name: leave out the tag/],
    [{ tags: '-x' }, /tag '-x' is not allowed/],
    [{ 'build-args': 'no value' }, /build-args has 'no value'/],
    [{ 'base-image': 'UPPER CASE' }, /base-image/],
  ])('%j', async (given, message) => {
    const judged = await judgedModel({ workspace: host.workspace });
    const error = await build({ record: judged.record, ...given }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toMatch(message);
  });

  it('a builder that is not here', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    Object.assign(host, { env: { ...host.env, PATH: '/nowhere' } });
    for (const [builder, message] of [
      ['buildx', /builder is buildx, but docker buildx is not here; install it/],
      ['auto', /no program that builds images is here; install buildah/],
    ] as const)
      await expect(build({ record: judged.record, builder })).rejects.toThrow(message);
  });

  it('a registry that is down is a system that does not answer, known before anything is built', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const error = await build({ record: judged.record, image: '127.0.0.1:9/team/qwen' }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ exitCode: 4 });
    expect(String(error)).toMatch(/registry 127\.0\.0\.1:9 did not answer/);
    expect(host.logged.join('\n')).not.toMatch(/STEP/);
  });

  it('a base image that is not there', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const error = await build({ record: judged.record, 'base-image': `${registry.host}/no/such:1` }).catch(
      (e: unknown) => e,
    );
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
    await mkdir(host.workspace, { recursive: true });
    host.write('auth.json', JSON.stringify({ auths: { [guarded.host]: { auth } } }));
    return { 'registry-auth-file': 'auth.json', image: `${guarded.host}/team/qwen` };
  };

  it('takes the image with its login, which the log does not show', async () => {
    const judged = await judgedModel({ workspace: host.workspace });
    const { outputs } = await build({ record: judged.record, ...(await authFile(REGISTRY_USER.password)) });
    expect(outputs.image).toMatch(new RegExp(`^${guarded.host}/team/qwen@sha256:`));
    expect(host.secrets.cut(REGISTRY_USER.password)).not.toContain(REGISTRY_USER.password);
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
    const judged = await judgedModel({ workspace: host.workspace });
    const error = await build({ record: judged.record, ...(await given()) }).catch((e: unknown) => e);
    expect(String(error)).toMatch(message);
    expect(error).toMatchObject({ exitCode });
  });
});

it('a certificate of a private authority is trusted where SSL_CERT_FILE names it, and not elsewhere', async () => {
  const secure = await startRegistry({ tls: true });
  try {
    const judged = await judgedModel({ workspace: host.workspace });
    const build = (env: NodeJS.ProcessEnv) =>
      runProgram(
        [
          process.execPath,
          fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url)),
          ...['build-vllm-image', '--json', '--record', judged.record, '--base-image', 'scratch'],
          ...['--builder', 'buildah', '--image', `${secure.host}/team/qwen`],
        ],
        { cwd: host.workspace, env: { ...buildah.env, ...env } },
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
