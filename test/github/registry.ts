import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, start } from '@sluice/process';
import { installSystemPackage } from '../parts/system-package.ts';

export interface Registry {
  /** `host:port`, as images are named. */
  readonly host: string;
  stop(): Promise<void>;
}

/** A real registry of images on the loopback, without TLS; what it holds lies in `folder`. */
export async function startRegistry(folder: string): Promise<Registry> {
  const program = await installSystemPackage(
    { program: 'docker-registry', debian: 'docker-registry', otherwise: 'Install the CNCF registry.' },
    console.log,
  );
  const host = `127.0.0.1:${await freePort()}`;
  const config = join(folder, 'registry.json');
  await writeFile(
    config,
    JSON.stringify({
      version: 0.1,
      log: { level: 'error' },
      storage: { filesystem: { rootdirectory: join(folder, 'registry') } },
      http: { addr: host },
    }),
  );
  const service = await start([program, 'serve', config], { cwd: folder });
  for (const until = Date.now() + 30_000; ; await sleep(50)) {
    if ((await fetch(`http://${host}/v2/`).catch(() => undefined))?.ok) break;
    if (!service.running || Date.now() > until)
      throw new Error(`the registry is not up:\n${service.tail().join('\n')}`);
  }
  return { host, stop: () => service.stop() };
}

/** The program that builds images without a daemon. */
export const installBuildah = (): Promise<string> =>
  installSystemPackage(
    { program: 'buildah', debian: 'buildah', otherwise: 'Install buildah 1.28 or newer.' },
    console.log,
  );
