import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialSplit, nginxConfig, openRouter, type Router } from '@sluice/traffic';
import { freePorts } from '../parts/haproxy.ts';
import { installSystemPackage } from '../parts/system-package.ts';
import { ModelServer } from './model-server.ts';

const nginx = {
  program: 'nginx',
  debian: 'nginx-light',
  otherwise: 'Install NGINX (Debian, Ubuntu: apt-get install nginx-light).',
};

/** A real NGINX with the reference configuration before two tiny servers. */
export interface NginxGateway extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly log: string;
  readonly split: string;
  readonly config: string;
  readonly target: string;
  readonly stable: ModelServer;
  readonly canary: ModelServer;
  open(): Promise<Router>;
}

export async function startNginx(): Promise<NginxGateway> {
  const program = await installSystemPackage(nginx, console.log);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-nginx-'));
  await chmod(folder, 0o755);
  const [stable, canary] = await Promise.all([ModelServer.start('stable'), ModelServer.start('canary')]);
  const [port, status] = (await freePorts(2)) as [number, number];
  const [split, log, pidFile] = [
    join(folder, 'split.conf'),
    join(folder, 'access.log'),
    join(folder, 'nginx.pid'),
  ];
  const errorLog = join(folder, 'error.log');
  await writeFile(split, initialSplit);
  const config = join(folder, 'nginx.conf');
  await writeFile(
    config,
    nginxConfig({
      bind: `127.0.0.1:${port}`,
      status: `127.0.0.1:${status}`,
      stable: [`127.0.0.1:${stable.port}`],
      canary: [`127.0.0.1:${canary.port}`],
      ...{ split, log, pidFile, errorLog },
    }),
  );
  const child = spawn(program, ['-p', folder, '-c', config, '-e', errorLog, '-g', 'daemon off;'], {
    stdio: 'ignore',
  });
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    }
    await Promise.all([stable.stop(), canary.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  const target = `${split}?status=http://127.0.0.1:${status}/split&reload=${pidFile}`;
  const open = (): Promise<Router> => openRouter({ kind: 'nginx', target });
  for (const until = Date.now() + 15_000; ; ) {
    try {
      await open();
      break;
    } catch (error) {
      if (child.exitCode !== null || Date.now() > until) {
        const why = await readFile(errorLog, 'utf8').catch(() => '');
        await stop();
        throw new Error(`NGINX did not start: ${why}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    log,
    split,
    config,
    target,
    stable,
    canary,
    open,
    [Symbol.asyncDispose]: stop,
  };
}
