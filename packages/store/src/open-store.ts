import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/contract';
import { folderStore } from './folder/folder-store.ts';
import { assertProxied } from './mlflow/artifact-root.ts';
import { connectMlflow, type Env } from './mlflow/connection.ts';
import { mlflowStore } from './mlflow/mlflow-store.ts';
import { s3Store } from './s3/s3-store.ts';
import type { Store } from './store.ts';

export interface StoreOptions {
  /** Default: `SLUICE_STORE_URL`. A folder, `file://…` or `s3://bucket/prefix`. */
  readonly storeUrl?: string | undefined;
  /** The tracking server; MLflow's proxied artifacts are the store where no `storeUrl` is given. */
  readonly trackingUri?: string | undefined;
  /** Relative folders are resolved against it; the last resort lies in it. */
  readonly workspace: string;
  readonly env: Env;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the store of this run: `SLUICE_STORE_URL`, else MLflow's proxied artifacts, else a folder in the workspace,
 * which only this machine can read (its `note` says so).
 *
 * @throws {UserError} for an address of another kind, missing S3 keys, or an MLflow whose artifacts are not proxied
 * @throws {SystemError} when MLflow does not answer
 */
export async function openStore({
  storeUrl,
  trackingUri,
  workspace,
  env,
  signal,
}: StoreOptions): Promise<Store> {
  const url = storeUrl || env.SLUICE_STORE_URL;
  if (url) {
    if (url.startsWith('s3://')) return s3Store(url, env, { signal });
    if (url.startsWith('file://')) return folderStore(fileURLToPath(url));
    if (/^[a-z][a-z0-9+.-]+:/i.test(url) && !/^[a-z]:[\\/]/i.test(url))
      throw new UserError(
        `SLUICE_STORE_URL is '${url.split(':')[0]}:…'; allowed are a folder and s3://<bucket>/<prefix>.`,
      );
    return folderStore(resolve(workspace, url));
  }
  if (trackingUri && /^https?:\/\//.test(trackingUri)) {
    const mlflow = connectMlflow(trackingUri, env, { signal });
    await assertProxied(mlflow);
    return mlflowStore(mlflow);
  }
  const folder = join(workspace, '.sluice', 'store');
  return folderStore(
    folder,
    `The store is ${folder}, which only jobs on this machine and in this workspace can read. Set SLUICE_STORE_URL to a shared folder or s3://… for others.`,
  );
}
