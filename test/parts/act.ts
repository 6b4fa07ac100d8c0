import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, run, which } from '@sluice/process';
import { goProgram } from './go-programs.ts';

/** The release that the workflows are run with. */
const VERSION = 'v0.2.89';

/**
 * act: runs GitHub workflows on this machine. Taken from PATH or the cache, else built with Go 1.25 or newer; undefined
 * where there is none, so that its tests are skipped and counted as such.
 */
export async function actProgram(): Promise<string | undefined> {
  const installed = await which('act', process.env);
  if (installed) return installed;
  const folder = join(cacheFolder(process.env), 'tools', `act-${VERSION}`);
  const program = join(folder, 'act');
  if (existsSync(program)) return program;
  const go = await goProgram();
  if (!go) return undefined;
  await mkdir(folder, { recursive: true });
  const built = await run([go, 'install', `github.com/nektos/act@${VERSION}`], {
    env: { ...process.env, GOBIN: folder },
    timeoutMs: 900_000,
  });
  return built.code === 0 ? program : undefined;
}
