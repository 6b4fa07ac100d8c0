import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installSystemPackage } from '../parts/system-package.ts';

const prometheus = {
  program: 'prometheus',
  debian: 'prometheus',
  otherwise: 'Install Prometheus 2 or newer (Debian, Ubuntu: apt-get install prometheus).',
};

/** Starts a Prometheus that scrapes one address each second, and waits until it answers queries. */
export async function startPrometheus(
  folder: string,
  port: number,
  scraped: string,
): Promise<AsyncDisposable & { readonly url: string }> {
  const program = await installSystemPackage(prometheus, console.log);
  const config = join(folder, 'prometheus.json');
  await writeFile(
    config,
    JSON.stringify({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'gateway', static_configs: [{ targets: [scraped] }] }],
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const child: ChildProcess = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  };
  for (const until = Date.now() + 30_000; ; ) {
    const ready = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return { url, [Symbol.asyncDispose]: stop };
    if (child.exitCode !== null || Date.now() > until) {
      await stop();
      throw new Error('Prometheus did not start');
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
