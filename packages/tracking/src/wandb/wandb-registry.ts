import { SystemError, UserError } from '@sluice/contract';
import { moveAlias } from '../alias-move.ts';
import type { ModelVersion, Registry } from '../tracker.ts';
import type { WandbProject } from './project.ts';
import type { WandbService } from './service.ts';

/**
 * Model versions as W&B artifacts of the type `model`, one collection a model in the project. Offline the mirror numbers versions and
 * knows the aliases; W&B gives its own numbers when the run is sent.
 */
export function wandbRegistry(project: WandbProject, ask: WandbService['ask'], mirror: Registry): Registry {
  return project.offline ? offlineRegistry(ask, mirror) : onlineRegistry(ask);
}

function onlineRegistry(ask: WandbService['ask']): Registry {
  const versions = async (name: string): Promise<readonly ModelVersion[]> => {
    const found = (await ask('versions', { name: checkedName(name) })).versions as Omit<
      ModelVersion,
      'name'
    >[];
    return found
      .map((version) => ({ ...version, name }))
      .sort((a, b) => numberOf(b.version) - numberOf(a.version));
  };
  const getAlias = async (name: string, alias: string) =>
    (await versions(name)).find((version) => version.aliases.includes(alias));
  return {
    versions,
    getAlias,
    // a collection comes with its first version
    ensureModel: async (name) => void checkedName(name),
    createVersion: async ({ name, source, runId, tags = {} }) => {
      const { version } = await ask('log', {
        name: checkedName(name),
        source,
        run_id: runId,
        tags,
        aliases: [],
      });
      if (!version) throw new SystemError(`W&B made no version of ${name}.`);
      return { ...(version as ModelVersion), name };
    },
    setAlias: (name, alias, version) =>
      moveAlias(
        { name, alias, version },
        async () => (await getAlias(name, alias))?.version,
        async () => void (await ask('alias', { name, alias, version })),
      ),
    deleteAlias: async (name, alias) => void (await ask('unalias', { name, alias })),
    setVersionTag: async (name, version, key, value) =>
      void (await ask('describe', { name, version, key, value })),
  };
}

function offlineRegistry(ask: WandbService['ask'], mirror: Registry): Registry {
  const logged = (version: ModelVersion, aliases: readonly string[]) =>
    ask('log', {
      name: version.name,
      source: version.source,
      run_id: version.runId,
      tags: version.tags,
      aliases,
    });
  return {
    ...mirror,
    createVersion: async (wanted) => {
      checkedName(wanted.name);
      const version = await mirror.createVersion(wanted);
      await logged(version, []);
      return version;
    },
    setAlias: async (name, alias, version) => {
      const moved = await mirror.setAlias(name, alias, version);
      const named = await mirror.getAlias(name, alias);
      // the same content once more: to W&B the same version, with the alias
      if (named?.runId !== undefined && moved.previous !== version) await logged(named, [alias]);
      return moved;
    },
    // what is sent later can only add: a name that was taken away here would live on there
    deleteAlias: async (name, alias) => {
      throw new UserError(
        `W&B cannot be told offline that '${alias}' names no version of ${name} any more; unset WANDB_MODE, or remove the alias there`,
      );
    },
    setVersionTag: async (name, version) => {
      throw new UserError(
        `W&B cannot be told offline of a tag of version ${version} of ${name}; unset WANDB_MODE`,
      );
    },
  };
}

const numberOf = (version: string) => Number(version.replace(/^v/, ''));

/** What W&B allows in the name of an artifact. */
function checkedName(name: string): string {
  if (!/^[A-Za-z0-9_.-]{1,128}$/.test(name))
    throw new UserError(
      `'${name}' cannot be a model's name at W&B; allowed are letters, digits, '.', '_' and '-'.`,
    );
  return name;
}
