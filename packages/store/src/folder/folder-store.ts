import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf, SystemError } from '@sluice/contract';
import { checkedKey, checkedPrefix } from '../layout.ts';
import type { Store } from '../store.ts';
import { copyAtomically, partialIn, writeAtomically } from './atomic-write.ts';
import { readStateFile, setStateFile } from './state-file.ts';

/** What a killed writer left half-written lies apart, and is removed after a day. */
const PARTIAL = '.partial';
const DAY = 86_400_000;

/** A store in a folder: of this machine, or mounted by all of them. */
export async function folderStore(folder: string, note?: string): Promise<Store> {
  const root = resolve(folder);
  const partial = join(root, PARTIAL);
  await mkdir(partial, { recursive: true }).catch((error) => {
    throw new SystemError(`The store ${root} cannot be made: ${messageOf(error)}`);
  });
  await removeOld(partial);
  const at = (key: string) => join(root, ...checkedKey(key).split('/'));
  return {
    kind: 'folder',
    url: root,
    note,
    get: (key) => absentIsUndefined(readFile(at(key))),
    put: (key, bytes) => writeAtomically(at(key), bytes, partialIn(partial)),
    has: async (key) => (await absentIsUndefined(stat(at(key))))?.isFile() ?? false,
    list: (prefix) => listUnder(root, checkedPrefix(prefix)),
    putFile: (key, path) => copyAtomically(path, at(key), partialIn(partial)),
    getFile: async (key, path) => {
      if (!(await absentIsUndefined(stat(at(key))))) return false;
      await copyAtomically(at(key), path);
      return true;
    },
    uri: (key) => addressOf(at(key)),
    keyOf: (uri) => {
      const path = uri.startsWith('file://') ? fileURLToPath(uri) : uri;
      if (!isAbsolute(path)) return undefined;
      const key = relative(root, path).split(sep).join('/');
      return key === '' || key.startsWith('../') || key === '..' || isAbsolute(key) ? undefined : key;
    },
    readState: (key) => readStateFile(at(key)),
    compareAndSet: (key, value, expected) => setStateFile(at(key), value, expected),
  };
}

/** A path as people write it; one with blanks or `#` as a file URL, since references end at those. */
export function addressOf(path: string): string {
  return /[#\s%]/.test(path) ? pathToFileURL(path).href : path;
}

async function listUnder(root: string, prefix: string): Promise<string[]> {
  const folder = prefix.endsWith('/') ? prefix : dirname(prefix);
  const entries =
    (await absentIsUndefined(readdir(join(root, folder), { recursive: true, withFileTypes: true }))) ?? [];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter(
      (key) => key.startsWith(prefix) && !key.startsWith(`${PARTIAL}/`) && !/\.(lock|partial)$/.test(key),
    )
    .sort();
}

async function absentIsUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new SystemError(`The store cannot be read: ${messageOf(error)}`);
  }
}

async function removeOld(partial: string): Promise<void> {
  for (const name of await readdir(partial)) {
    const path = join(partial, name);
    const age = await absentIsUndefined(stat(path));
    if (age && Date.now() - age.mtimeMs > DAY) await rm(path, { force: true });
  }
}
