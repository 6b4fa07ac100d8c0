import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemError, UserError } from '@sluice/contract';
import { freePort } from '@sluice/process';
import { appendStatement, codeStatement, gateStatement, modelDigest, openRecord } from '@sluice/record';
import {
  fetchModel,
  getFolder,
  getResults,
  keys,
  listResults,
  openState,
  openStore,
  putModel,
  putResults,
  readRunInfo,
  type Store,
  writeRunInfo,
} from '@sluice/store';
import { openTracker } from '@sluice/tracking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectBucket } from '../../packages/store/src/s3/bucket.ts';
import { upload } from '../../packages/store/src/s3/upload.ts';
import { type Mlflow, startMlflow } from '../parts/mlflow.ts';
import { type S3Server, startS3 } from './s3-server.ts';

let s3: S3Server;
let mlflow: Mlflow;
let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'stores-'));
  [s3, mlflow] = await Promise.all([startS3(), startMlflow()]);
  await s3.makeBucket('store');
});
afterAll(async () => {
  await Promise.all([s3?.stop(), mlflow?.stop()]);
  await rm(scratch, { recursive: true, force: true });
});

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('utf8');
const workspace = () => mkdtemp(join(scratch, 'job-'));

/** One job's way to the store, from a workspace and an environment of its own. */
async function open(kind: string): Promise<Store> {
  const here = await workspace();
  if (kind === 'folder') return openStore({ storeUrl: join(scratch, 'shared'), workspace: here, env: {} });
  if (kind === 's3')
    return openStore({ workspace: here, env: { ...s3.env, SLUICE_STORE_URL: 's3://store/of/project' } });
  return openStore({ trackingUri: mlflow.uri, workspace: here, env: {} });
}

async function newRun(kind: string): Promise<string> {
  const uri = kind === 'mlflow' ? mlflow.uri : join(scratch, 'tracking');
  const run = await openTracker(uri, {}, { workspace: scratch }).startRun({
    experiment: 'stores',
    startedAt: 0,
  });
  return run.runId;
}

async function makeModel(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'model-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}
const FILES = {
  'model.safetensors': 'w'.repeat(100_000),
  'config.json': '{}',
  'a b/tokenizer+1 &ü.json': '[]',
};

describe.each(['folder', 's3', 'mlflow'])('a store in %s', (kind) => {
  it('gives what was put, to another job, and nothing where there is nothing', async () => {
    const run = await newRun(kind);
    const store = await open(kind);
    const names = ['plain.json', 'deep/er/plain.json', "odd name+&ü'(1)=~.json"];
    for (const name of names) await store.put(`${run}/x/${name}`, Buffer.from(name));
    await store.put(`${run}/xy.json`, Buffer.from('beside'));
    const other = await open(kind);
    for (const name of names) expect(text(await other.get(`${run}/x/${name}`))).toBe(name);
    expect(await other.list(`${run}/x/`)).toEqual(names.map((name) => `${run}/x/${name}`).sort());
    expect(await other.get(`${run}/x/absent`)).toBeUndefined();
    expect(await other.has(`${run}/x/absent`)).toBe(false);
    expect(await other.has(`${run}/x/deep`)).toBe(false);
    expect(await other.has(`${run}/x/deep/er/plain.json`)).toBe(true);
    expect(await other.list(`${run}/nothing/`)).toEqual([]);
    await store.put(`${run}/x/plain.json`, Buffer.from('replaced'));
    expect(text(await other.get(`${run}/x/plain.json`))).toBe('replaced');
    expect(store.keyOf(store.uri(`${run}/record`))).toBe(`${run}/record`);
  });

  it('refuses names that lead out of it', async () => {
    const store = await open(kind);
    for (const key of ['../x', '/etc/passwd', 'a//b', 'a/./b', 'a\\b', 'a\nb', ''])
      await expect(Promise.resolve().then(() => store.put(key, Buffer.from('')))).rejects.toThrow(UserError);
  });

  it('keeps a model, sends only what is not there, and gives it to another machine', async () => {
    const run = await newRun(kind);
    const folder = await makeModel({ ...FILES, 'optimizer.pt': 'not published' });
    const store = await open(kind);
    const put = await putModel(store, keys.adapter(run), folder);
    expect(put).toMatchObject({ digest: await modelDigest(folder), sent: 3, size: 100_004 });
    expect((await putModel(await open(kind), keys.adapter(run), folder)).sent).toBe(0);
    await writeFile(join(folder, 'config.json'), '{"a":1}');
    const second = await putModel(store, keys.adapter(run), folder);
    expect(second.sent).toBe(1);

    const cacheDir = await workspace();
    const options = {
      store: await open(kind),
      trackingUri: kind === 'mlflow' ? mlflow.uri : undefined,
      workspace: scratch,
      env: kind === 's3' ? s3.env : {},
      cacheDir,
    };
    const fetched = await fetchModel(second.ref, second.digest, options);
    expect(await modelDigest(fetched)).toBe(second.digest);
    if (kind !== 'folder')
      expect(await readdir(fetched)).toEqual(['a b', 'config.json', 'model.safetensors']);
    await expect(fetchModel(second.ref, put.digest, options)).rejects.toThrow(put.digest);
    await expect(fetchModel(second.ref, put.digest, options)).rejects.toThrow(second.digest);
    if (kind === 'folder') return;
    // what was changed in the cache is not believed
    await writeFile(join(fetched, 'config.json'), '{"evil":true}');
    expect(await modelDigest(await fetchModel(second.ref, second.digest, options))).toBe(second.digest);
    expect(await readFile(join(fetched, 'config.json'), 'utf8')).toBe('{"a":1}');
  });

  it('says that a model is not there', async () => {
    const run = await newRun(kind);
    const store = await open(kind);
    const digest = `sha256:${'0'.repeat(64)}` as never;
    const options = { store, workspace: scratch, env: {}, cacheDir: await workspace() };
    await expect(fetchModel(`runs:/${run}/adapter`, digest, options)).rejects.toThrow(
      /There is no model at runs:/,
    );
    expect(await getFolder(store, `${run}/adapter`, await workspace())).toBe(false);
  });

  it('carries a record from job to job', async () => {
    const run = await newRun(kind);
    const maker = { action: 'eval-gate', version: '1.0.0', invocation: 'job/1' };
    const gate = gateStatement({
      runId: run,
      identity: { model: `sha256:${'a'.repeat(64)}` as never },
      decision: 'approve',
      gates: [],
      gatesDigest: `sha256:${'b'.repeat(64)}` as never,
      candidateResults: `sha256:${'c'.repeat(64)}` as never,
      claimed: false,
      maker,
      finishedAt: new Date(0),
    });
    const { ref } = await appendStatement(await open(kind), run, gate);
    expect((await openRecord(ref, await open(kind))).statements.map((s) => s.statement)).toEqual([gate]);
    const commit = '1'.repeat(40);
    const code = codeStatement({ commit, passed: true, checks: [], maker, finishedAt: new Date(0) });
    const ofCommit = await appendStatement(await open(kind), { commit }, code);
    expect((await openRecord(ofCommit.ref, await open(kind))).statements.map((s) => s.statement)).toEqual([
      code,
    ]);
  });

  it('keeps results per item, once, and what a run is', async () => {
    const run = await newRun(kind);
    const items = Array.from({ length: 500 }, (_, i) => ({ id: `item ${i}`, score: i % 2 }));
    const digest = await putResults(await open(kind), run, items);
    expect(await putResults(await open(kind), run, items)).toBe(digest);
    const store = await open(kind);
    expect(await listResults(store, run)).toEqual([digest]);
    expect(await getResults(store, run, digest)).toEqual(items);
    const absent = `sha256:${'0'.repeat(64)}` as never;
    expect(await getResults(store, run, absent)).toBeUndefined();
    const info = {
      runId: run,
      madeBy: 'lora-train',
      createdAt: new Date(0).toISOString(),
      parent: 'run-0000',
    };
    await writeRunInfo(store, info);
    expect(await readRunInfo(await open(kind), run)).toEqual(info);
  });
});

describe.each(['folder', 's3'])('a state in %s', (kind) => {
  it('is only replaced by who has seen the last one', async () => {
    const cell = async () =>
      openState<{ stage: number }>({
        router: 'haproxy',
        target: `t ${kind}`,
        store: await open(kind),
        workspace: '/',
      });
    const mine = await cell();
    const other = await cell();
    expect(mine.where).toBe(other.where);
    expect(await mine.read()).toBeUndefined();
    const first = await mine.compareAndSet({ stage: 0 }, undefined);
    expect(first).toMatchObject({ ok: true, state: { value: { stage: 0 } } });
    expect(await other.compareAndSet({ stage: 9 }, undefined)).toMatchObject({
      ok: false,
      current: { value: { stage: 0 } },
    });
    const seen = await other.read();
    expect(await other.compareAndSet({ stage: 1 }, seen)).toMatchObject({ ok: true });
    expect(await mine.compareAndSet({ stage: 2 }, seen)).toMatchObject({
      ok: false,
      current: { value: { stage: 1 } },
    });
    const now = await mine.read();
    expect(await mine.compareAndSet({ stage: 2 }, now)).toMatchObject({ ok: true });
    // a repeated write whose answer was lost is not a lost race
    expect((await other.read())?.value).toEqual({ stage: 2 });
  });
});

describe('S3', () => {
  it('takes a large file in parts', async () => {
    const path = join(scratch, 'large.safetensors');
    const bytes = Buffer.alloc(11 * 1024 * 1024, 'sluice');
    await writeFile(path, bytes);
    const MiB = 1024 * 1024;
    await upload(connectBucket('store', s3.env), 'large', path, { whole: 6 * MiB, part: 5 * MiB });
    const store = await openStore({ storeUrl: 's3://store', workspace: scratch, env: s3.env });
    expect(Buffer.compare((await store.get('large')) as Uint8Array, bytes)).toBe(0);
  });

  it('lists more than a page', async () => {
    const store = await openStore({ storeUrl: 's3://store/pages', workspace: scratch, env: s3.env });
    const names = Array.from({ length: 125 }, (_, i) => `many/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < names.length; i += 50)
      await Promise.all(names.slice(i, i + 50).map((name) => store.put(name, Buffer.from('x'))));
    expect(await store.list('many/')).toEqual(names);
  });

  it('says what is wrong with keys, bucket and server', async () => {
    const at = (url: string, env: Record<string, string>) =>
      openStore({ storeUrl: url, workspace: scratch, env }).then((store) => store.get('run-0001/x'));
    const secret = 'not-the-secret';
    const wrong = at('s3://store', { ...s3.env, AWS_SECRET_ACCESS_KEY: secret });
    await expect(wrong).rejects.toThrow(/403 SignatureDoesNotMatch/);
    await expect(wrong).rejects.not.toThrow(secret);
    await expect(at('s3://absent', s3.env)).rejects.toThrow(/no bucket 'absent'/);
    await expect(at('s3://store', {})).rejects.toThrow(/AWS_ACCESS_KEY_ID/);
    await expect(at('s3://B', s3.env)).rejects.toThrow(UserError);
    const down = { ...s3.env, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${await freePort()}` };
    await expect(at('s3://store', down)).rejects.toThrow(SystemError);
  });
});

describe('MLflow', () => {
  it('holds no states, and says what does', async () => {
    const store = await open('mlflow');
    expect(() => openState({ router: 'haproxy', target: 't', store, workspace: '/' })).toThrow(
      /SLUICE_STORE_URL/,
    );
    await expect(store.compareAndSet('rollouts/x.json', {}, undefined)).rejects.toThrow(UserError);
  });

  it('says that it has no such run', async () => {
    const store = await open('mlflow');
    await expect(store.put(`${'0'.repeat(32)}/x`, Buffer.from(''))).rejects.toThrow(/has no run/);
  });
});
