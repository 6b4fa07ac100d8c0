import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Digest, type ModelDigest, UserError } from '@sluice/contract';
import { canonicalJson, fileDigest, modelManifest } from '@sluice/record';
import { manifestKey } from '../layout.ts';
import type { Store } from '../store.ts';

/** The files of a folder in the store; written last, so that what it names is there. */
export interface FolderManifest {
  readonly files: readonly { readonly name: string; readonly size: number; readonly digest: Digest }[];
}

export interface PutModel {
  readonly digest: ModelDigest;
  /** ModelRef of what was stored. */
  readonly ref: string;
  /** Bytes of the model. */
  readonly size: number;
  /** Files that had to be sent; the others were there. */
  readonly sent: number;
}

/**
 * Stores a model under `key`: exactly the files that its digest counts. A file that is there already (by the digest
 * in the manifest) is not sent again.
 *
 * @throws {UserError} for what {@link modelManifest} refuses
 */
export async function putModel(
  store: Store,
  key: string,
  folder: string,
  signal?: AbortSignal,
): Promise<PutModel> {
  const { files, digest, size } = await modelManifest(folder, signal);
  const before = await readManifest(store, key);
  const manifest: FolderManifest = { files: files.map(({ name, size, digest }) => ({ name, size, digest })) };
  const known = new Map(before?.files.map((f) => [f.name, f.digest]));
  const missing = files.filter((f) => known.get(f.name) !== f.digest);
  if (before && missing.length === 0 && before.files.length === files.length)
    return { digest, ref: modelRef(store, key), size, sent: 0 };
  // while files are replaced the old list would promise what is no longer there
  const kept = manifest.files.filter((f) => known.get(f.name) === f.digest);
  if (before) await writeManifest(store, key, { files: kept });
  for (const file of missing) {
    signal?.throwIfAborted();
    await store.putFile(`${key}/${file.name}`, file.path);
  }
  await writeManifest(store, key, manifest);
  return { digest, ref: modelRef(store, key), size, sent: missing.length };
}

/**
 * Brings a folder of the store to `folder`; what is there already and has the right digest stays. Every file that
 * the manifest names is checked against it.
 *
 * @returns false where the store holds nothing under `key`
 * @throws {UserError} when a file is not what the manifest says
 */
export async function getFolder(
  store: Store,
  key: string,
  folder: string,
  signal?: AbortSignal,
): Promise<boolean> {
  const manifest = await readManifest(store, key);
  const names = manifest
    ? manifest.files.map((f) => f.name)
    : (await store.list(`${key}/`)).map((k) => k.slice(key.length + 1));
  const expected = new Map(manifest?.files.map((f) => [f.name, f]));
  for (const name of names) {
    signal?.throwIfAborted();
    const path = join(folder, ...name.split('/'));
    const file = expected.get(name);
    if (file && (await isFile(path, file.size)) && (await fileDigest(path, signal)) === file.digest) continue;
    if (!(await store.getFile(`${key}/${name}`, path)))
      throw new UserError(`${store.uri(`${key}/${name}`)} is missing, although its manifest names it.`);
    const found = file && (await fileDigest(path, signal));
    if (file && found !== file.digest)
      throw new UserError(`${store.uri(`${key}/${name}`)} is ${found}; its manifest says ${file.digest}.`);
  }
  return names.length > 0;
}

/** A ModelRef is a path or a URI of a store, never a file URL. */
function modelRef(store: Store, key: string): string {
  const uri = store.uri(key);
  return uri.startsWith('file://') ? fileURLToPath(uri) : uri;
}

async function readManifest(store: Store, key: string): Promise<FolderManifest | undefined> {
  const bytes = await store.get(manifestKey(key));
  if (!bytes) return undefined;
  const manifest = JSON.parse(Buffer.from(bytes).toString('utf8')) as FolderManifest;
  for (const { name } of manifest.files) {
    if (name.split('/').some((part) => part === '' || part === '.' || part === '..') || name.includes('\\'))
      throw new UserError(`${store.uri(manifestKey(key))} names '${name}', which is no file of that folder.`);
  }
  return manifest;
}

async function writeManifest(store: Store, key: string, manifest: FolderManifest): Promise<void> {
  await store.put(manifestKey(key), Buffer.from(`${canonicalJson(manifest)}\n`));
}

async function isFile(path: string, size: number): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true && stats.size === size;
}
