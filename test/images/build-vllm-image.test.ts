import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageNamed, modelDigest, openRecord } from '@sluice/record';
import { describe, expect, it } from 'vitest';
import { manifestOf, unpack } from '../parts/registry.ts';
import { judgedModel } from './approved.ts';
import { buildOn, useBuilder } from './builder.ts';

const bench = useBuilder();
const build = (given: Record<string, string>) => buildOn(bench.host, bench.registry, given);
/** What buildah has of its own: an image that was pushed need not stay. */
const localImages = async () => (await bench.buildah.run('images', '--format', '{{.Name}}')).split('\n');

describe('an image of a model that a gate approved', () => {
  it('holds exactly the approved bytes, and the registry says what the outputs say', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const { outputs, refused } = await build({
      record: judged.record,
      'run-id': judged.runId,
      deploy: 'true',
    });
    expect(refused).toBeUndefined();
    const folder = await mkdtemp(join(tmpdir(), 'sluice-unpacked-'));
    try {
      const found = await unpack(bench.registry, 'team/qwen', 'qwen-v1.1.0', folder);
      expect(outputs).toMatchObject({
        image: `${bench.registry.host}/team/qwen@${found.digest}`,
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
      await readFile(join(bench.host.workspace, outputs.sbom as string), 'utf8').catch(() =>
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
    expect(await localImages()).not.toContain(`${bench.registry.host}/team/qwen`);

    // once more, from the record that it gave out: the same bytes give the same image
    const again = await build({ record: outputs.record as string });
    expect(again.outputs.digest).toBe(outputs.digest);
  });

  it('takes the layers that an earlier build has left in the cache', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const cache = `${bench.registry.host}/team/layers`;
    const given = { record: judged.record, image: `${bench.registry.host}/team/cached`, cache };
    const first = await build(given);
    expect(bench.host.logged.join('\n')).not.toMatch(/cache pulled/i);
    expect((await bench.buildah.run('images', '--quiet', '--all')).trim()).toBe('');
    const second = await build({ ...given, record: first.outputs.record as string });
    expect(bench.host.logged.join('\n')).toMatch(/cache pulled/i);
    expect(second.outputs.digest).toBe(first.outputs.digest);
    await expect(build({ ...given, cache: `${cache}:tag` })).rejects.toThrow(
      /cache .* is not registry\/name: leave out the tag;/,
    );
  });

  it('stands on a base image of the registry, under the tags that were given', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const base = `${bench.registry.host}/mirror/server`;
    const made = await bench.buildah.run('from', 'scratch');
    await bench.buildah.run('config', '--env', 'SERVER=1', made);
    await bench.buildah.run('commit', made, `${base}:1`);
    await bench.buildah.run('push', '--tls-verify=false', `${base}:1`, `docker://${base}:1`);
    await bench.buildah.run('rmi', '--force', `${base}:1`);
    const { digest } = await manifestOf(bench.registry, 'mirror/server', '1');
    const { outputs } = await build({
      record: judged.record,
      image: `${bench.registry.host}/team/based`,
      'base-image': `${base}@${digest}`,
      tags: 'qwen-v1.1.0,next',
      sbom: 'false',
    });
    for (const tag of ['qwen-v1.1.0', 'next'])
      expect((await manifestOf(bench.registry, 'team/based', tag)).digest).toBe(outputs.digest);
    const folder = await mkdtemp(join(tmpdir(), 'sluice-unpacked-'));
    const { config } = await unpack(bench.registry, 'team/based', 'next', folder);
    await rm(folder, { recursive: true, force: true });
    expect(config.Env).toContain('SERVER=1');
    expect(config.Labels['org.opencontainers.image.base.digest']).toBe(digest);
    expect(outputs.sbom).toBe('none');
    expect(await localImages()).not.toContain(`${bench.registry.host}/team/based`);
  });

  it('carries an adapter beside a base model, with room for its highest rank', async () => {
    const judged = await judgedModel({ workspace: bench.host.workspace, kind: 'adapter' });
    const given = {
      record: judged.record,
      image: `${bench.registry.host}/team/adapted`,
      'lora-name': 'support',
    };
    await expect(build(given)).rejects.toThrow(/pass base-model, the path of the base model inside/);
    const { outputs } = await build({ ...given, 'base-model': '/models/base' });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-unpacked-'));
    const { config } = await unpack(bench.registry, 'team/adapted', 'qwen-v1.1.0', folder);
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
    const judged = await judgedModel({ workspace: bench.host.workspace });
    const image = `${bench.registry.host}/team/dry`;
    const dry = await build({ record: judged.record, image, 'dry-run': 'true' });
    expect(dry.outputs).toMatchObject({ image: 'none', digest: 'none', record: judged.record });
    expect(dry.sentence).toBe(`would build ${image}:qwen-v1.1.0 on scratch with buildah, and push it`);
    expect(await readdir(bench.host.temp)).toEqual([]);

    const built = await build({ record: judged.record, image, push: 'false' });
    expect(built.outputs).toMatchObject({ image: 'none', digest: 'none', record: judged.record });
    expect(built.outputs['size-bytes']).toBeGreaterThan(3000);
    expect(await localImages()).toContain(image);
    await expect(manifestOf(bench.registry, 'team/dry', 'qwen-v1.1.0')).rejects.toThrow('404');
  });
});
