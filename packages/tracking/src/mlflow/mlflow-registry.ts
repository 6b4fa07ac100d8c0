import { setTimeout as sleep } from 'node:timers/promises';
import { SystemError } from '@sluice/contract';
import { type MlflowConnection, MlflowError } from '@sluice/store';
import { moveAlias } from '../alias-move.ts';
import type { ModelVersion, Registry, Tags } from '../tracker.ts';
import { parseVersion, type WireVersion } from './wire.ts';

/** MLflow's model registry: aliases and tags (its stages are deprecated). */
export function mlflowRegistry(mlflow: MlflowConnection): Registry {
  const ensureModel = async (name: string) => {
    try {
      await mlflow.write('registered-models/create', { name }, { idempotent: true });
    } catch (error) {
      if (!(error instanceof MlflowError && error.code === 'RESOURCE_ALREADY_EXISTS')) throw error;
    }
  };
  const versions = async (name: string): Promise<ModelVersion[]> => {
    const found: ModelVersion[] = [];
    let page: string | undefined;
    do {
      const answer = (await mlflow.read('model-versions/search', {
        filter: `name='${name}'`,
        max_results: 200,
        page_token: page,
      })) as { model_versions?: WireVersion[]; next_page_token?: string };
      found.push(...(answer.model_versions ?? []).map(parseVersion));
      page = answer.next_page_token || undefined;
    } while (page);
    if (found.length === 0) return [];
    // the search leaves aliases out; the model has them
    const { registered_model } = (await mlflow.read('registered-models/get', { name })) as {
      registered_model: { aliases?: { alias: string; version: string }[] };
    };
    const aliasesOf = (version: string) =>
      (registered_model.aliases ?? []).filter((a) => a.version === version).map((a) => a.alias);
    return found
      .map((version) => ({ ...version, aliases: aliasesOf(version.version) }))
      .sort((a, b) => Number(b.version) - Number(a.version));
  };
  const getAlias = async (name: string, alias: string): Promise<ModelVersion | undefined> => {
    try {
      const { model_version } = (await mlflow.read('registered-models/alias', { name, alias })) as {
        model_version?: WireVersion;
      };
      if (!model_version?.version)
        throw new SystemError(
          `MLflow names no version in its answer about ${name}@${alias}; check tracking-uri`,
        );
      return parseVersion(model_version);
    } catch (error) {
      // MLflow says RESOURCE_DOES_NOT_EXIST of a model, INVALID_PARAMETER_VALUE of an alias; a proxy's refusal says nothing of either
      if (error instanceof MlflowError && [400, 404].includes(error.status) && error.code !== 'UNKNOWN')
        return undefined;
      throw error;
    }
  };

  return {
    ensureModel,
    getAlias,
    versions,
    createVersion: async ({ name, source, runId, tags = {} }) => {
      await ensureModel(name);
      const same = (v: ModelVersion) => v.source === source && v.runId === runId && hasTags(v, tags);
      const there = (await versions(name)).find(same);
      if (there) return there;
      const body = {
        name,
        source,
        run_id: runId,
        tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
      };
      const made = await mlflow
        .write('model-versions/create', body, { idempotent: false })
        .then((answer) => (answer as { model_version: WireVersion }).model_version)
        .catch(async (error: unknown) => {
          if (error instanceof MlflowError && error.status < 500) throw error;
          // the answer was lost: the version may have been made
          const found = (await versions(name)).find(same);
          if (!found) throw error;
          return { ...found, tags: [], status: 'READY' };
        });
      await untilReady(mlflow, made);
      return { ...parseVersion(made), tags };
    },
    setAlias: (name, alias, version) =>
      moveAlias(
        { name, alias, version },
        async () => (await getAlias(name, alias))?.version,
        async () => {
          await mlflow.write('registered-models/alias', { name, alias, version }, { idempotent: true });
        },
      ),
    deleteAlias: async (name, alias) => {
      await mlflow.write('registered-models/alias', { name, alias }, { idempotent: true, method: 'DELETE' });
    },
    setVersionTag: async (name, version, key, value) => {
      await mlflow.write('model-versions/set-tag', { name, version, key, value }, { idempotent: true });
    },
  };
}

const hasTags = (version: ModelVersion, tags: Tags) =>
  Object.entries(tags).every(([key, value]) => version.tags[key] === value);

/** A server may copy the bytes first; it says READY when the version can be used. */
async function untilReady(mlflow: MlflowConnection, version: WireVersion): Promise<void> {
  const { name, version: number } = version;
  let { status, status_message } = version;
  const end = Date.now() + 300_000;
  for (let pause = 100; status === 'PENDING_REGISTRATION'; pause = Math.min(5000, pause * 2)) {
    if (Date.now() > end)
      throw new SystemError(`Version ${number} of ${name} is still being registered after 5 minutes.`);
    await sleep(pause);
    const answer = await mlflow.read('model-versions/get', { name, version: number });
    ({ status, status_message } = answer.model_version as WireVersion);
  }
  if (status === 'FAILED_REGISTRATION')
    throw new SystemError(`MLflow could not register version ${number} of ${name}: ${status_message ?? ''}`);
}
