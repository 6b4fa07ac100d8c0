import { openAsBlob } from 'node:fs';
import { messageOf, SystemError, UserError } from '@sluice/contract';
import { download } from '../http/download.ts';
import { checkedKey, checkedPrefix } from '../layout.ts';
import type { Store } from '../store.ts';
import { artifactPath } from './artifact-root.ts';
import type { MlflowConnection } from './connection.ts';

/** Where what belongs to no run lies, below the root of all artifacts. */
const NO_RUN = 'sluice';
const OF_NO_RUN = /^(commits|evaluations)\//;

/**
 * A store in MLflow's proxied artifacts: `<run-id>/<path>` is the artifact `<path>` of that run, `runs:/<run-id>/<path>`
 * to everybody else. It has no compare-and-set and holds no states.
 */
export function mlflowStore(mlflow: MlflowConnection): Store {
  const roots = new Map<string, Promise<string>>();
  const locate = async (key: string): Promise<string> => {
    const slash = checkedKey(key.replace(/\/$/, '')).indexOf('/');
    const [owner, rest] = slash < 0 ? [key.replace(/\/$/, ''), ''] : [key.slice(0, slash), key.slice(slash)];
    if (OF_NO_RUN.test(`${owner}/`)) return `${NO_RUN}/${key}`;
    let root = roots.get(owner);
    if (!root) {
      root = artifactPath(mlflow, owner);
      roots.set(owner, root);
      root.catch(() => roots.delete(owner));
    }
    return `${await root}${rest}`;
  };
  const at = async (key: string) => `artifacts/${encodePath(await locate(key))}`;
  const get = async (key: string, init: Parameters<MlflowConnection['artifacts']>[1] = {}) => {
    const response = await mlflow.artifacts(await at(key), init);
    if (response.ok) return response;
    await response.body?.cancel();
    return undefined;
  };
  const put = async (key: string, body: () => Blob | Uint8Array<ArrayBuffer>) => {
    const response = await mlflow.artifacts(await at(key), { method: 'PUT', body, timeout: 0 });
    await response.body?.cancel();
    if (!response.ok) throw new SystemError(`MLflow answered ${response.status} to the upload of ${key}.`);
  };
  return {
    kind: 'mlflow',
    url: mlflow.uri,
    note: undefined,
    get: async (key) => {
      const response = await get(key);
      return response && new Uint8Array(await response.arrayBuffer());
    },
    put: (key, bytes) => put(key, () => bytes as Uint8Array<ArrayBuffer>),
    has: async (key) => {
      const folder = key.slice(0, key.lastIndexOf('/') + 1);
      return (await filesIn(mlflow, await locate(folder))).some(
        (f) => !f.isFolder && folder + f.name === key,
      );
    },
    list: async (prefix) => {
      const folder = checkedPrefix(prefix).slice(0, prefix.lastIndexOf('/') + 1);
      return (await walk(mlflow, await locate(folder), folder))
        .filter((key) => key.startsWith(prefix))
        .sort();
    },
    putFile: async (key, path) => {
      const blob = await openAsBlob(path);
      await put(key, () => blob);
    },
    getFile: (key, path) => download((headers) => get(key, { timeout: 0, headers }), path, `runs:/${key}`),
    uri: (key) => (OF_NO_RUN.test(key) ? `mlflow-artifacts:/${NO_RUN}/${key}` : `runs:/${key}`),
    keyOf: (uri) =>
      /^runs:\/+(.+)$/.exec(uri)?.[1] ??
      new RegExp(`^mlflow-artifacts:/+${NO_RUN}/((?:commits|evaluations)/.+)$`).exec(uri)?.[1],
    readState: () => Promise.reject(noStates()),
    compareAndSet: () => Promise.reject(noStates()),
  };
}

const noStates = () =>
  new UserError(
    "MLflow's artifacts have no compare-and-set, so that they cannot hold the state of a rollout. Set SLUICE_STORE_URL to a folder that all jobs share or to s3://…, or give state: file:<path>.",
  );

interface Listed {
  readonly name: string;
  readonly isFolder: boolean;
}

async function filesIn(mlflow: MlflowConnection, folder: string): Promise<Listed[]> {
  const response = await mlflow.artifacts(
    `artifacts?path=${encodeURIComponent(folder.replace(/\/$/, ''))}`,
    {},
  );
  const text = await response.text();
  if (response.status === 404) return [];
  try {
    const { files = [] } = JSON.parse(text) as { files?: { path: string; is_dir?: boolean }[] };
    return files.map(({ path, is_dir }) => ({
      name: path.slice(path.lastIndexOf('/') + 1),
      isFolder: is_dir === true,
    }));
  } catch (error) {
    throw new SystemError(`MLflow's list of ${folder} cannot be read: ${messageOf(error)}`);
  }
}

async function walk(mlflow: MlflowConnection, path: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (const { name, isFolder } of await filesIn(mlflow, path)) {
    if (isFolder)
      keys.push(...(await walk(mlflow, `${path.replace(/\/$/, '')}/${name}`, `${prefix}${name}/`)));
    else keys.push(prefix + name);
  }
  return keys;
}

const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/');
