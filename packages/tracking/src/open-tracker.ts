import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/contract';
import { connectMlflow, type Env } from '@sluice/store';
import { folderTracker } from './folder/folder-tracker.ts';
import { mlflowTracker } from './mlflow/mlflow-tracker.ts';
import type { Tracker } from './tracker.ts';
import { type WandbProject, wandbProject } from './wandb/project.ts';
import { wandbService } from './wandb/service.ts';
import { wandbTracker } from './wandb/wandb-tracker.ts';

export interface TrackerOptions {
  readonly workspace: string;
  readonly signal?: AbortSignal | undefined;
  /** Folder of the Python programs that Sluice ships; W&B needs one. */
  readonly programs?: string | undefined;
  readonly cacheDir?: string | undefined;
  /** Told the key of W&B before anything else is done. */
  readonly mask?: ((secret: string) => void) | undefined;
}

/** Folder of runs where nothing names another tracker, below the workspace. */
const FOLDER = '.sluice/tracking';

/**
 * Opens what `tracking-uri` names: an MLflow server, W&B, or a folder. Nothing is asked of a server yet.
 *
 * @throws {UserError} for anything else
 */
export function openTracker(trackingUri: string, env: Env, options: TrackerOptions): Tracker {
  const { workspace, signal } = options;
  if (trackingUri === '')
    throw new UserError('tracking-uri is empty. Give the address of an MLflow server, wandb, or a folder.');
  if (/^https?:\/\//i.test(trackingUri)) return mlflowTracker(connectMlflow(trackingUri, env, { signal }));
  const project = wandbProject(trackingUri, env);
  if (project) return openWandb(project, env, options);
  if (trackingUri.startsWith('file://')) return folderTracker(fileURLToPath(trackingUri), signal);
  if (/^[a-z][a-z0-9+.-]+:/i.test(trackingUri))
    throw new UserError(
      `tracking-uri is '${trackingUri.replace(/\/\/[^/@]*@/, '//')}'; allowed are http(s)://… (MLflow), wandb, wandb://<entity>/<project> and a folder.`,
    );
  return folderTracker(resolve(workspace, trackingUri), signal);
}

function openWandb(project: WandbProject, env: Env, options: TrackerOptions): Tracker {
  const { workspace, programs, cacheDir, signal } = options;
  if (programs === undefined)
    throw new UserError("W&B's library cannot be started from here: it is asked by the actions alone.");
  if (env.WANDB_API_KEY) options.mask?.(env.WANDB_API_KEY);
  const service = wandbService(project, { workspace, env, programs, cacheDir, signal });
  return wandbTracker(project, service, folderTracker(resolve(workspace, FOLDER), signal));
}
