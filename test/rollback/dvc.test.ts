import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { cacheFolder } from '@sluice/process';
import { afterEach, describe, expect, it } from 'vitest';
import { definition } from '../../actions/rollback/src/definition.ts';
import { dvc } from '../../actions/rollback/src/methods/dvc.ts';
import { type S3Server, startS3 } from '../store/s3-server.ts';
import { DataRepository } from './data-repository.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(...given: Parameters<typeof DataRepository.open>) {
  const data = await DataRepository.open(...given);
  closing.push(() => data[Symbol.asyncDispose]());
  const host: TestHost = testHost({
    action: 'rollback',
    env: data.env,
  });
  closing.push(() => host.dispose());
  // made once for all tests, and kept
  Object.assign(host, { cacheDir: cacheFolder(process.env) });
  const restore = (more: Record<string, string> = {}, pretend = false) => {
    const all = {
      'run-id': 'run-0000-0002',
      reason: 'test',
      target: 'x',
      'dvc-folder': data.folder,
      'dvc-commit': data.commits[0] as string,
      ...more,
    };
    const inputs = parseInputs(definition, new Map(Object.entries(all)));
    const from = { runId: 'run-0000-0002', version: 'qwen-v2.0.0', image: 'none', record: 'none' };
    return dvc({ inputs, host, from, restored: undefined, record: undefined, live: 'stable', pretend });
  };
  return { data, restore };
}

describe('data and model files', () => {
  it('come back as their commit has them, and again, and to the newer one; what nobody saved stays', async () => {
    const { data, restore } = await open('../store');
    expect(await restore({}, true)).toMatchObject({
      ok: true,
      text: expect.stringMatching(/^2 files and folders .* would be/),
    });
    expect(await data.version()).toBe(2);
    for (const _ of [1, 2]) {
      const done = await restore();
      expect(done).toMatchObject({
        ok: true,
        text: expect.stringMatching(/^2 files and folders of commit \w{12} restored, each with its digest/),
      });
      expect(await data.version()).toBe(1);
    }
    // only one of them
    await restore({ 'dvc-commit': data.commits[1] as string, 'dvc-targets': 'model.dvc' });
    expect(await readFile(join(data.folder, 'model/adapter.safetensors'), 'utf8')).toMatch(/^weights of 2/);
    expect(await readFile(join(data.folder, 'data/train.jsonl'), 'utf8')).toMatch(/version 1/);

    await appendFile(join(data.folder, 'data/train.jsonl'), 'a label of today\n');
    await expect(restore({ 'dvc-commit': data.commits[1] as string })).rejects.toThrow(
      /data\/train\.jsonl would be overwritten and nobody has saved it/,
    );
    expect(await readFile(join(data.folder, 'data/train.jsonl'), 'utf8')).toContain('a label of today');
  });

  it('that the remote has changed or lost are found by their digest', async () => {
    const { data, restore } = await open('../store');
    const path = async () => {
      const md5 =
        /md5: (\w+)/.exec(await data.git('show', `${data.commits[0]}:data/train.jsonl.dvc`))?.[1] ?? '';
      return join(data.root, 'store', 'files', 'md5', md5.slice(0, 2), md5.slice(2));
    };
    const kept = await path();
    await rm(kept);
    await expect(restore()).rejects.toThrow(/dvc pull in .* failed/);
    await expect(restore({ 'dvc-commit': 'f'.repeat(40) })).rejects.toThrow(
      /is not in this checkout and could not be fetched/,
    );
    await expect(restore({ 'dvc-targets': 'gone.dvc' })).rejects.toThrow(
      /has no gone\.dvc; it has .*data\/train\.jsonl\.dvc/,
    );
    await expect(restore({ 'dvc-folder': data.root })).rejects.toThrow(/holds no \.dvc/);
  });

  it('come from S3', async () => {
    const s3: S3Server = await startS3();
    closing.push(() => s3.stop());
    await s3.makeBucket('data');
    const { data, restore } = await open('s3://data/dvc', {
      env: s3.env,
      settings: { endpointurl: s3.env['AWS_ENDPOINT_URL_S3'] as string },
    });
    expect(await restore()).toMatchObject({ ok: true });
    expect(await data.version()).toBe(1);
  });
});
