import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, SystemError, UserError } from '@sluice/contract';
import { withLock, writeAtomically } from '@sluice/store';
import { moveAlias } from '../alias-move.ts';
import type { ModelVersion, Registry, Tags } from '../tracker.ts';

/** What the file of one model holds. */
interface StoredModel {
  readonly versions: readonly Omit<ModelVersion, 'aliases'>[];
  /** Alias to version. */
  readonly aliases: Readonly<Record<string, string>>;
}

const EMPTY: StoredModel = { versions: [], aliases: {} };

/** A model registry of one file a model, changed under a lock. */
export function folderRegistry(folder: string, signal?: AbortSignal): Registry {
  const fileOf = (name: string) => join(folder, `${checkedName(name)}.json`);
  const change = async <T>(name: string, edit: (model: StoredModel) => [StoredModel, T]): Promise<T> =>
    withLock(
      `${fileOf(name)}.lock`,
      async () => {
        const [model, result] = edit((await read(fileOf(name))) ?? EMPTY);
        await writeAtomically(fileOf(name), `${JSON.stringify(model, undefined, 2)}\n`);
        return result;
      },
      { signal },
    );
  const versions = async (name: string): Promise<ModelVersion[]> => {
    const { versions, aliases } = (await read(fileOf(name))) ?? EMPTY;
    const named = (version: string) => Object.keys(aliases).filter((alias) => aliases[alias] === version);
    return versions.map((v) => ({ ...v, aliases: named(v.version) })).reverse();
  };
  const getAlias = async (name: string, alias: string) =>
    (await versions(name)).find((version) => version.aliases.includes(alias));

  return {
    versions,
    getAlias,
    ensureModel: (name) => change(name, (model) => [model, undefined]),
    createVersion: async ({ name, source, runId, tags = {} }) => {
      const number = await change(name, (model) => {
        const there = model.versions.find(
          (v) => v.source === source && v.runId === runId && hasTags(v, tags),
        );
        if (there) return [model, there.version];
        const version = String(model.versions.length + 1);
        return [{ ...model, versions: [...model.versions, { name, version, source, runId, tags }] }, version];
      });
      const made = (await versions(name)).find((v) => v.version === number);
      if (!made) throw new SystemError(`${fileOf(name)} lost version ${number}.`);
      return made;
    },
    setAlias: (name, alias, version) =>
      moveAlias(
        { name, alias, version },
        async () => (await getAlias(name, alias))?.version,
        () =>
          change(name, (model) => {
            assertVersion(model, name, version);
            return [{ ...model, aliases: { ...model.aliases, [alias]: version } }, undefined];
          }),
      ),
    deleteAlias: (name, alias) =>
      change(name, (model) => {
        const { [alias]: _, ...aliases } = model.aliases;
        return [{ ...model, aliases }, undefined];
      }),
    setVersionTag: (name, version, key, value) =>
      change(name, (model) => {
        assertVersion(model, name, version);
        const tagged = model.versions.map((v) =>
          v.version === version ? { ...v, tags: { ...v.tags, [key]: value } } : v,
        );
        return [{ ...model, versions: tagged }, undefined];
      }),
  };
}

function assertVersion(model: StoredModel, name: string, version: string): void {
  if (!model.versions.some((v) => v.version === version))
    throw new UserError(`The registry has no version ${version} of ${name}.`);
}

const hasTags = (version: Omit<ModelVersion, 'aliases'>, tags: Tags) =>
  Object.entries(tags).every(([key, value]) => version.tags[key] === value);

function checkedName(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._ -]{0,199}$/.test(name))
    throw new UserError(
      `'${name}' cannot be a model's name; allowed are letters, digits, blanks, '.', '_' and '-'.`,
    );
  return name;
}

async function read(path: string): Promise<StoredModel | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new SystemError(`${path} cannot be read: ${messageOf(error)}`);
  }
  try {
    return JSON.parse(text) as StoredModel;
  } catch (error) {
    throw new SystemError(`${path} is not JSON: ${messageOf(error)}`);
  }
}
