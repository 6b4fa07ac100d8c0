import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelDigest, modelRef, UserError } from '@sluice/contract';
import { hexOf, modelDigest } from '@sluice/record';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderStore } from '../folder/folder-store.ts';
import { keys } from '../layout.ts';
import { openStore } from '../open-store.ts';
import { type FetchOptions, fetchModel } from './fetch-model.ts';
import { getFolder, putModel } from './put-folder.ts';

const RUN = 'run-0001';
let root: string;
let model: string;
let digest: ModelDigest;
let options: FetchOptions;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'models-'));
  model = join(root, 'made here');
  await mkdir(join(model, 'sub'), { recursive: true });
  await writeFile(join(model, 'model.safetensors'), 'weights');
  await writeFile(join(model, 'sub/config.json'), '{}');
  digest = await modelDigest(model);
  const store = await folderStore(join(root, 'a store'));
  options = { store, workspace: root, env: {}, cacheDir: join(root, 'cache') };
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a model', () => {
  it('at a path is used where it lies, when it is the one', async () => {
    expect(await fetchModel('made here', digest, options)).toBe(model);
    expect(await fetchModel(model, digest, options)).toBe(model);
    const other = `sha256:${'0'.repeat(64)}` as ModelDigest;
    await expect(fetchModel(model, other, options)).rejects.toThrow(digest);
    await expect(fetchModel(model, other, options)).rejects.toThrow(other);
    await expect(fetchModel('nowhere', digest, options)).rejects.toThrow(/no model at/);
  });

  it('that this machine keeps elsewhere is taken from there, and checked', async () => {
    const env = { SLUICE_MODELS: `${digest}=made here` };
    expect(await fetchModel('/their/path', digest, { ...options, env })).toBe(model);
    await writeFile(join(model, 'sub/config.json'), '{"changed":1}');
    await expect(fetchModel('/their/path', digest, { ...options, env })).rejects.toThrow(
      /SLUICE_MODELS.*expected/,
    );
  });

  it('has a reference of the contract, also in a folder with a blank in its name', async () => {
    const { ref } = await putModel(options.store, keys.adapter(RUN), model);
    expect(modelRef.parse(ref)).toBe(ref);
    expect(await modelDigest(await fetchModel(ref, digest, options))).toBe(digest);
  });

  it('is found through runs:/ and under the path that another machine knows', async () => {
    await putModel(options.store, keys.adapter(RUN), model);
    const fetched = await fetchModel(`runs:/${RUN}/adapter`, digest, options);
    expect(fetched).toBe(join(root, 'cache', 'models', hexOf(digest)));
    await rm(fetched, { recursive: true });
    expect(await fetchModel(`/mnt/of/another/${RUN}/adapter`, digest, options)).toBe(fetched);
    const other = `sha256:${'0'.repeat(64)}` as ModelDigest;
    const absent = fetchModel(`/mnt/of/another/${RUN}/quantized`, other, options);
    await expect(absent).rejects.toThrow(/There is no model/);
  });

  it('is fetched once by two jobs at the same time', async () => {
    await putModel(options.store, keys.model(RUN), model);
    const both = await Promise.all([1, 2].map(() => fetchModel(`runs:/${RUN}/model`, digest, options)));
    expect(both[0]).toBe(both[1]);
    const left = await readdir(join(root, 'cache', 'models'));
    expect(left.filter((name) => !name.endsWith('.lock'))).toEqual([hexOf(digest)]);
  });

  it('that was changed in the store is not handed out', async () => {
    await putModel(options.store, keys.model(RUN), model);
    await writeFile(join(root, 'a store', RUN, 'model', 'model.safetensors'), 'others!');
    await expect(fetchModel(`runs:/${RUN}/model`, digest, options)).rejects.toThrow(/its manifest says/);
    await rm(join(root, 'a store', RUN, 'model.manifest.json'));
    await expect(fetchModel(`runs:/${RUN}/model`, digest, options)).rejects.toThrow(`expected ${digest}`);
    await expect(fetchModel('oci://r/n', digest, options)).rejects.toThrow(UserError);
  });
});

describe('a model in the store', () => {
  it('is sent anew only where it differs, and an upload that broke off is finished', async () => {
    const { store } = options;
    expect((await putModel(store, keys.model(RUN), model)).sent).toBe(2);
    expect((await putModel(store, keys.model(RUN), model)).sent).toBe(0);
    const next = join(root, 'next');
    await cp(model, next, { recursive: true });
    await writeFile(join(next, 'model.safetensors'), 'better');
    const failing = { ...store, putFile: () => Promise.reject(new Error('broke off')) };
    await expect(putModel(failing, keys.model(RUN), next)).rejects.toThrow('broke off');
    // what may have been replaced is no longer promised
    expect((await putModel(store, keys.model(RUN), next)).sent).toBe(1);
    const folder = join(root, 'fetched');
    expect(await getFolder(store, keys.model(RUN), folder)).toBe(true);
    expect(await modelDigest(folder)).toBe(await modelDigest(next));
  });

  it('cannot write outside the folder that it is brought to', async () => {
    const { store } = options;
    const files = [{ name: '../evil', size: 1, digest }];
    await store.put(`${RUN}/model.manifest.json`, Buffer.from(JSON.stringify({ files })));
    await expect(getFolder(store, keys.model(RUN), join(root, 'fetched'))).rejects.toThrow(
      /names '\.\.\/evil'/,
    );
  });

  it('is kept in the workspace where nothing else is given', async () => {
    const store = await openStore({ workspace: root, env: {} });
    const { ref } = await putModel(store, keys.adapter(RUN), model);
    expect(ref).toBe(join(root, '.sluice', 'store', RUN, 'adapter'));
  });
});
