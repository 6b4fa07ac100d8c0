import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, pythonEnvironment, type Service, start } from '@sluice/process';

/** What a real MLflow server needs; made once for all tests and the demo. */
export const MLFLOW_REQUIREMENTS = ['mlflow[auth]==3.17.*'] as const;

export interface MlflowOptions {
  /** Where its database and artifacts lie; default: a folder that goes with it. */
  readonly folder?: string;
  /** `proxied`: reached through the server. `folder`: a path on its disk, which other machines cannot read. */
  readonly artifacts?: 'proxied' | 'folder';
  /** Starts it with basic authentication. The password needs 12 characters or more. */
  readonly admin?: { readonly user: string; readonly password: string };
  readonly port?: number;
  readonly signal?: AbortSignal;
  readonly say?: (text: string) => void;
}

export interface Mlflow {
  readonly uri: string;
  readonly folder: string;
  /** Ends the server; its folder is removed where it was made here. */
  stop(): Promise<void>;
}

/** Starts a real MLflow server on a free port of the loopback and waits until it answers. */
export async function startMlflow(options: MlflowOptions = {}): Promise<Mlflow> {
  const { bin, env } = await pythonEnvironment({
    name: 'MLflow',
    requirements: MLFLOW_REQUIREMENTS,
    ...(options.say ? { log: options.say } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'mlflow-')));
  await mkdir(folder, { recursive: true });
  const port = options.port ?? (await freePort());
  const uri = `http://127.0.0.1:${port}`;
  const artifacts = join(folder, 'artifacts');
  const argv = [
    join(bin, 'mlflow'),
    'server',
    ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
    ...(options.artifacts === 'folder'
      ? ['--default-artifact-root', artifacts, '--no-serve-artifacts']
      : ['--artifacts-destination', artifacts]),
    ...(options.admin ? ['--app-name', 'basic-auth'] : []),
  ];
  const service = await start(argv, {
    cwd: folder,
    env: {
      ...env,
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      ...(options.admin ? await authentication(folder, options.admin) : {}),
    },
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const stop = async () => {
    await service.stop();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    await untilHealthy(uri, service);
  } catch (error) {
    await stop();
    throw error;
  }
  return { uri, folder, stop };
}

async function authentication(folder: string, { user, password }: { user: string; password: string }) {
  const config = join(folder, 'basic_auth.ini');
  await writeFile(
    config,
    `[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///${join(folder, 'auth.db')}\nadmin_username = ${user}\nadmin_password = ${password}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n`,
  );
  return { MLFLOW_AUTH_CONFIG_PATH: config, MLFLOW_FLASK_SERVER_SECRET_KEY: password };
}

async function untilHealthy(uri: string, service: Service): Promise<void> {
  const end = Date.now() + 300_000;
  for (;;) {
    const answer = await fetch(`${uri}/health`).catch(() => undefined);
    if (answer?.ok) return;
    if (!service.running) throw new Error(`MLflow ended at its start:\n${service.tail().join('\n')}`);
    if (Date.now() > end) throw new Error(`MLflow is not up after 5 minutes:\n${service.tail().join('\n')}`);
    await sleep(100);
  }
}
