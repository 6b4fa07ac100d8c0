import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { installSystemPackage } from './system-package.ts';

/** The program that builds images without a daemon, installed through apt where it is missing and this user is root. */
export const installBuildah = (say: (text: string) => void = console.log): Promise<string> =>
  installSystemPackage(
    {
      program: 'buildah',
      debian: 'buildah',
      otherwise: 'Install buildah 1.28 or newer (Debian, Ubuntu: apt-get install buildah).',
    },
    say,
  );

/** buildah with images of its own: nothing of this machine's is used or kept. */
export interface Buildah {
  /** For whoever calls buildah. */
  readonly env: NodeJS.ProcessEnv;
  run(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** buildah needs no daemon and no kernel module here. */
export async function startBuildah(): Promise<Buildah> {
  const program = await installBuildah();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-buildah-'));
  const config = join(folder, 'storage.conf');
  await writeFile(
    config,
    `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, 'images')}"\nrunroot = "${join(folder, 'run')}"\n`,
  );
  const env = { ...process.env, CONTAINERS_STORAGE_CONF: config, BUILDAH_ISOLATION: 'chroot' };
  return {
    env,
    async run(...args) {
      const done = await run([program, ...args], { env });
      if (done.code !== 0) throw new Error(`buildah ${args.join(' ')}: ${done.tail.join('\n')}`);
      return done.stdout.trim();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
