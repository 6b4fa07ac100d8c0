import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, run, which } from '@sluice/process';
import { withLock } from '@sluice/store';

export interface GoPrograms {
  /** The folder with the go.mod that pins what is built. */
  readonly module: string;
  /** Import paths of the programs. */
  readonly programs: readonly string[];
  readonly linkerFlags?: string;
}

/** Two test files that need the same programs build them once. */
const BUILD_LIMIT = 1_800_000;

/**
 * The folder with the programs of a module, built with Go 1.25 or newer where they are not in the cache (a few minutes, once for each
 * go.mod); undefined where there is no Go, so that their tests are skipped and counted as such.
 */
export async function goPrograms({
  module,
  programs,
  linkerFlags = '',
}: GoPrograms): Promise<string | undefined> {
  const pinned = createHash('sha256');
  for (const text of [await readFile(join(module, 'go.mod')), programs.join(' '), linkerFlags])
    pinned.update(text).update('\0');
  const folder = join(cacheFolder(process.env), 'tools', `go-${pinned.digest('hex').slice(0, 16)}`);
  const built = () => programs.every((path) => existsSync(join(folder, path.split('/').at(-1) as string)));
  if (built()) return folder;
  const go = await goProgram();
  if (!go) return undefined;
  await withLock(
    `${folder}.lock`,
    async () => {
      if (built()) return;
      console.log(`building ${programs.join(', ')}: this takes minutes, once`);
      const done = await run([go, 'install', '-trimpath', '-ldflags', `-s -w ${linkerFlags}`, ...programs], {
        cwd: module,
        env: { ...process.env, GOBIN: folder, GOFLAGS: '-mod=readonly -buildvcs=false' },
        timeoutMs: BUILD_LIMIT,
      });
      if (done.code !== 0) throw new Error(`go install ${programs.join(' ')}: ${done.tail.join('\n')}`);
    },
    { wait: BUILD_LIMIT },
  );
  return folder;
}

/** The folder of a Go module, as it lies in Go's own cache. */
export async function goModule(path: string, version: string): Promise<string> {
  const go = await goProgram();
  if (!go) throw new Error('Go 1.25 or newer is needed to get a Go module');
  const { code, stdout, tail } = await run([go, 'mod', 'download', '-json', `${path}@${version}`], {
    env: { ...process.env, GOFLAGS: '' },
    timeoutMs: 300_000,
  });
  if (code !== 0) throw new Error(`go mod download ${path}@${version}: ${tail.join('\n')}`);
  return (JSON.parse(stdout) as { Dir: string }).Dir;
}

/** Go, where it is new enough. */
export async function goProgram(): Promise<string | undefined> {
  const go = await which('go', process.env);
  if (!go) return undefined;
  const { stdout } = await run([go, 'env', 'GOVERSION']);
  const [, minor] = /^go1\.(\d+)/.exec(stdout.trim()) ?? [];
  return Number(minor) >= 25 ? go : undefined;
}
