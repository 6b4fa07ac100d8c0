import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/contract';
import { connectMlflow, type Env } from '@sluice/store';
import { folderTracker } from './folder/folder-tracker.ts';
import { mlflowTracker } from './mlflow/mlflow-tracker.ts';
import type { Tracker } from './tracker.ts';

/**
 * Opens what `tracking-uri` names: an MLflow server, or a folder. Nothing is asked of a server yet.
 *
 * @throws {UserError} for anything else
 */
export function openTracker(
  trackingUri: string,
  env: Env,
  { workspace, signal }: { readonly workspace: string; readonly signal?: AbortSignal | undefined },
): Tracker {
  if (trackingUri === '')
    throw new UserError('tracking-uri is empty. Give the address of an MLflow server, or a folder.');
  if (/^https?:\/\//i.test(trackingUri)) return mlflowTracker(connectMlflow(trackingUri, env, { signal }));
  if (trackingUri === 'wandb')
    throw new UserError(
      "tracking-uri is 'wandb', which this version does not speak. Give the address of an MLflow server, or a folder.",
    );
  if (trackingUri.startsWith('file://')) return folderTracker(fileURLToPath(trackingUri), signal);
  if (/^[a-z][a-z0-9+.-]+:/i.test(trackingUri))
    throw new UserError(
      `tracking-uri is '${trackingUri.replace(/\/\/[^/@]*@/, '//')}'; allowed are http(s)://… (MLflow) and a folder.`,
    );
  return folderTracker(resolve(workspace, trackingUri), signal);
}
