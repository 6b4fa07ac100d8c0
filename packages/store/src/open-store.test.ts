import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keys } from './layout.ts';
import { mappedModels } from './models/fetch-model.ts';
import { openStore } from './open-store.ts';
import { bucketAddress } from './s3/bucket.ts';

let workspace: string;
beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'open-'));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

describe('the store', () => {
  it('is the folder that is given, relative to the workspace', async () => {
    expect(await openStore({ storeUrl: 'there', workspace, env: {} })).toMatchObject({
      kind: 'folder',
      url: join(workspace, 'there'),
      note: undefined,
    });
    const url = pathToFileURL(join(workspace, 'a b')).href;
    expect((await openStore({ workspace, env: { SLUICE_STORE_URL: url } })).url).toBe(join(workspace, 'a b'));
  });

  it('is S3 where that is given, with the prefix', async () => {
    const env = {
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 'b',
      SLUICE_STORE_URL: 's3://bucket/pre/fix/',
    };
    const store = await openStore({ workspace, env });
    expect(store).toMatchObject({ kind: 's3', url: 's3://bucket/pre/fix' });
    expect(store.uri('run-0001/record')).toBe('s3://bucket/pre/fix/run-0001/record');
    expect(store.keyOf('s3://bucket/pre/fix/run-0001/record')).toBe('run-0001/record');
    expect(store.keyOf('s3://bucket/pre/fixed/x')).toBeUndefined();
  });

  it('is a folder in the workspace as a last resort, and says what that means', async () => {
    const store = await openStore({ trackingUri: 'runs', workspace, env: {} });
    expect(store.url).toBe(join(workspace, '.sluice', 'store'));
    expect(store.note).toMatch(/only jobs on this machine.*SLUICE_STORE_URL/);
  });

  it('is nothing else', async () => {
    const given = (storeUrl: string) => openStore({ storeUrl, workspace, env: {} });
    await expect(given('https://user:secret@host')).rejects.toThrow(/allowed are a folder and s3:/);
    await expect(given('https://user:secret@host')).rejects.not.toThrow('secret');
    await expect(given('gs://bucket')).rejects.toThrow(/SLUICE_STORE_URL/);
  });
});

describe('the layout', () => {
  it('is the public one', () => {
    const digest = `sha256:${'a'.repeat(64)}` as never;
    expect(keys.adapter('run-0001')).toBe('run-0001/adapter');
    expect(keys.run('run-0001')).toBe('run-0001/run.json');
    expect(keys.results('run-0001', digest)).toBe(`run-0001/evaluation/${'a'.repeat(64)}.jsonl.gz`);
    // printf 'haproxyunix:/run/haproxy.sock' | sha256sum
    expect(keys.rollout('haproxy', 'unix:/run/haproxy.sock')).toBe(
      'rollouts/80fe5038d698ef20704aada32e7e55f91ccf0bcee39b170c314b6e6b28c29014.json',
    );
  });
});

describe('the address of a bucket', () => {
  it.each([
    ['models', 'eu-west-1', undefined, 'https://models.s3.eu-west-1.amazonaws.com'],
    ['my.models', 'eu-west-1', undefined, 'https://s3.eu-west-1.amazonaws.com/my.models'],
    ['models', 'cn-north-1', undefined, 'https://models.s3.cn-north-1.amazonaws.com.cn'],
    ['models', 'x', 'http://minio:9000/', 'http://minio:9000/models'],
  ])('%s in %s, endpoint %s', (bucket, region, endpoint, address) =>
    expect(bucketAddress(bucket, region, endpoint)).toBe(address),
  );
  it('is none of an endpoint that is none', () =>
    expect(() => bucketAddress('b', 'r', 'minio:9000')).toThrow(/AWS_ENDPOINT_URL/));
});

describe('SLUICE_MODELS', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it('maps digests to this machine’s own paths', () => {
    const map = mappedModels({ SLUICE_MODELS: ` ${digest}=/models/a=b , sha256:${'b'.repeat(64)}=rel/b,` });
    expect([...map]).toEqual([
      [digest, '/models/a=b'],
      [`sha256:${'b'.repeat(64)}`, 'rel/b'],
    ]);
    expect(mappedModels({}).size).toBe(0);
  });
  it.each(['/models/a', `${digest}=`, `${digest.slice(7)}=/m`])('refuses %s', (entry) =>
    expect(() => mappedModels({ SLUICE_MODELS: entry })).toThrow(`holds '${entry}'`),
  );
});
