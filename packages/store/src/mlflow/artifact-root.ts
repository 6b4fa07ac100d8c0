import { UserError } from '@sluice/contract';
import { type MlflowConnection, MlflowError } from './connection.ts';

/**
 * Path of a run's artifacts behind the server's proxy, e.g. `3/0f…/artifacts`.
 *
 * @throws {UserError} when there is no such run, or its artifacts do not lie behind the proxy
 */
export async function artifactPath(mlflow: MlflowConnection, runId: string): Promise<string> {
  try {
    const { run } = (await mlflow.read('runs/get', { run_id: runId })) as {
      run?: { info?: { artifact_uri?: string } };
    };
    return proxiedPath(run?.info?.artifact_uri ?? '', mlflow.uri);
  } catch (error) {
    if (
      error instanceof MlflowError &&
      ['RESOURCE_DOES_NOT_EXIST', 'INVALID_PARAMETER_VALUE'].includes(error.code)
    )
      throw new UserError(
        `MLflow at ${mlflow.uri} has no run '${runId}'. Check run-id and tracking-uri, or set SLUICE_STORE_URL to keep the files elsewhere.`,
      );
    throw error;
  }
}

/** Checks, before anything is written, that new experiments keep their artifacts behind the proxy. */
export async function assertProxied(mlflow: MlflowConnection): Promise<void> {
  const found = await mlflow.read('experiments/get', { experiment_id: '0' }).catch((error: unknown) => {
    if (error instanceof MlflowError && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  });
  const { artifact_location } = (found?.experiment ?? {}) as { artifact_location?: string };
  if (artifact_location !== undefined) proxiedPath(artifact_location, mlflow.uri);
}

/** The path in `mlflow-artifacts:/<path>`, with or without the server's address in it. */
export function proxiedPath(uri: string, server: string): string {
  const path = /^mlflow-artifacts:(?:\/\/[^/]+(?:\/api\/2\.0\/mlflow-artifacts\/artifacts)?)?\/*(.*)$/.exec(
    uri,
  )?.[1];
  if (path === undefined)
    throw new UserError(
      `MLflow at ${server} keeps artifacts at '${uri}', which is not reached through the server (mlflow-artifacts:/…). Set SLUICE_STORE_URL to a folder that all jobs share or to s3://…, or start the server with --serve-artifacts.`,
    );
  return path.replace(/\/+$/, '');
}
