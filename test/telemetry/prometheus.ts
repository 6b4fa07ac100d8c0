import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../parts/haproxy.ts';
import { installSystemPackage } from '../parts/system-package.ts';

const prometheus = {
  program: 'prometheus',
  debian: 'prometheus',
  otherwise: 'Install Prometheus 2 or newer (Debian, Ubuntu: apt-get install prometheus).',
};

/** Prometheus and what comes with it (`promtool`), installed through apt where it is missing and this user is root. */
export const installPrometheus = (): Promise<string> => installSystemPackage(prometheus, console.log);

/** One group of scraped processes that share labels. */
export interface Scraped {
  readonly targets: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface Started extends AsyncDisposable {
  readonly port: number;
}

/** A real Prometheus that scrapes each second; `web` is its web configuration (TLS, users). Ready once its log says so. */
export async function startPrometheus(
  folder: string,
  scraped: readonly Scraped[],
  web?: object,
): Promise<Started> {
  const program = await installPrometheus();
  const [port] = (await freePorts(1)) as [number];
  const config = join(folder, 'prometheus.json');
  const webConfig = join(folder, 'web.json');
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'servers', static_configs: scraped }],
    }),
  );
  if (web) await writeFile(webConfig, JSON.stringify(web));
  const child: ChildProcess = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(web ? [`--web.config.file=${webConfig}`] : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  const ready = new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (text: Buffer) => {
      log += text;
      if (log.includes('Server is ready')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`Prometheus ended with ${code}: ${log.slice(-2000)}`)));
  });
  await ready;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await gone;
    },
  };
}
