import { rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Digest, type ModelRef, UserError } from '@sluice/contract';
import { hexOf, modelDigest } from '@sluice/record';
import { withLock } from '../folder/lock.ts';
import { connectMlflow, type Env } from '../mlflow/connection.ts';
import { mlflowStore } from '../mlflow/mlflow-store.ts';
import { s3Store } from '../s3/s3-store.ts';
import type { Store } from '../store.ts';
import { getFolder } from './put-folder.ts';

export interface FetchOptions {
  readonly store: Store;
  readonly trackingUri?: string | undefined;
  readonly workspace: string;
  readonly env: Env;
  /** Where bytes are kept between runs. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings a model to this machine and returns the path of its folder. Its digest is recomputed every time before it is
 * handed out, wherever it lies: at a path (`SLUICE_MODELS=<digest>=<path>,…` may name this machine's own), in the
 * cache, or fetched from `runs:/…` or `s3://…` into the cache.
 *
 * @throws {UserError} when it is not there, or its digest is not the one that is expected (both are named)
 */
export async function fetchModel(
  ref: ModelRef | string,
  digest: Digest,
  options: FetchOptions,
): Promise<string> {
  const { env, workspace, signal } = options;
  const mapped = mappedModels(env).get(digest);
  if (mapped) return verified(resolve(workspace, mapped), digest, `${mapped} (SLUICE_MODELS)`, signal);
  if (ref.startsWith('oci://'))
    throw new UserError(
      `${ref}: models are not fetched from registries of images yet; give a path, runs:/… or s3://….`,
    );
  const path = pathOf(ref, workspace);
  // a folder that another machine mounts elsewhere is still the same store
  if (path !== undefined && ((await exists(path)) || !runOf(ref))) return verified(path, digest, ref, signal);

  const models = join(options.cacheDir, 'models');
  const folder = join(models, hexOf(digest));
  // two jobs on one machine that want the same model fetch it once
  return withLock(`${folder}.lock`, () => throughCache(ref, digest, folder, options), {
    wait: 3_600_000,
    signal,
  });
}

async function throughCache(
  ref: string,
  digest: Digest,
  folder: string,
  options: FetchOptions,
): Promise<string> {
  const { signal } = options;
  if (await exists(folder)) {
    const found: string | undefined = await modelDigest(folder, signal).catch(() => undefined);
    if (found === digest) return folder;
    await rm(folder, { recursive: true, force: true });
  }
  const partial = `${folder}.partial`;
  if (!(await fetchInto(partial, ref, options)))
    throw new UserError(
      `There is no model at ${ref}. Check the reference, the store (${options.store.url}) and tracking-uri.`,
    );
  await verified(partial, digest, ref, signal).catch(async (error) => {
    await rm(partial, { recursive: true, force: true });
    throw error;
  });
  await rename(partial, folder);
  return folder;
}

async function fetchInto(folder: string, ref: string, options: FetchOptions): Promise<boolean> {
  for (const { store, key } of placesOf(ref, options)) {
    if (await getFolder(store, key, folder, options.signal)) return true;
  }
  return false;
}

/** Where a reference may point: into this run's own store, another prefix of S3, a run of MLflow. */
function placesOf(
  ref: string,
  { store, trackingUri, env, signal }: FetchOptions,
): readonly { readonly store: Store; readonly key: string }[] {
  const key = store.keyOf(ref);
  if (key !== undefined) return [{ store, key: key.replace(/\/+$/, '') }];
  if (ref.startsWith('s3://')) {
    const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/+(.+?)\/*$/.exec(ref) ?? [];
    if (!path) throw new UserError(`'${ref}' is not s3://<bucket>/<folder of the model>.`);
    return [{ store: s3Store(`s3://${bucket}`, env, { signal }), key: path }];
  }
  const own = { store, key: runOf(ref) ?? ref.replace(/^runs:\/+/, '').replace(/\/+$/, '') };
  if (!ref.startsWith('runs:') || !trackingUri || !/^https?:\/\//.test(trackingUri)) return [own];
  return [own, { store: mlflowStore(connectMlflow(trackingUri, env, { signal })), key: own.key }];
}

/** The path that a reference is, absolute; undefined where it points elsewhere. */
function pathOf(ref: string, workspace: string): string | undefined {
  if (ref.startsWith('file://')) return fileURLToPath(ref);
  return /^(runs:\/|s3:\/\/)/.test(ref) ? undefined : resolve(workspace, ref);
}

/** The key of a run's model in any store: `<run-id>/adapter`, at the end of a path or URI. */
function runOf(ref: string): string | undefined {
  return /(?:^|\/)([A-Za-z0-9_-]{8,64}\/(?:adapter|model|quantized))\/?$/.exec(ref)?.[1];
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function verified(path: string, digest: Digest, what: string, signal?: AbortSignal): Promise<string> {
  const found: string = await modelDigest(path, signal);
  if (found === digest) return path;
  throw new UserError(
    `The model ${what} has the digest ${found}; expected ${digest}. It is another model, or it was changed.`,
  );
}

/**
 * `SLUICE_MODELS`: where this machine keeps models, by digest.
 *
 * @throws {UserError} naming the entry that is not `<digest>=<path>`
 */
export function mappedModels(env: Env): Map<Digest, string> {
  const entries = (env.SLUICE_MODELS ?? '').split(',').map((entry) => entry.trim());
  return new Map(
    entries
      .filter((entry) => entry !== '')
      .map((entry): [Digest, string] => {
        const [, digest, path] = /^(sha256:[0-9a-f]{64})=(.+)$/.exec(entry) ?? [];
        if (!digest || !path)
          throw new UserError(
            `SLUICE_MODELS holds '${entry}'; expected <sha256:64 hex>=<path>, several between commas.`,
          );
        return [digest as Digest, path];
      }),
  );
}
