import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { installBuildah } from '../../test/parts/buildah.ts';
import { startRegistry } from '../../test/parts/registry.ts';
import type { Screen } from '../show/screen.ts';

/** Where images go, and what they are built on. */
export interface Images {
  /** Without tag: `registry/name`. */
  readonly name: string;
  readonly base: string;
  /** What a job that builds needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * A registry on this machine, with a base image made from nothing that holds the base model. Undefined where images cannot be built
 * here; the reason has been said then.
 */
export async function images(
  folder: string,
  baseModel: string,
  screen: Screen,
  signal: AbortSignal,
): Promise<Images | undefined> {
  const step = screen.step('image registry');
  try {
    const say = (text: string) => screen.say(text);
    const buildah = await installBuildah(say);
    await mkdir(folder, { recursive: true });
    const registry = await startRegistry({}, say);
    // images of this demonstration alone: nothing of the machine's own storage is read or written
    const storage = join(folder, 'storage.conf');
    await writeFile(
      storage,
      `[storage]\ndriver = "vfs"\ngraphroot = "${join(folder, 'images')}"\nrunroot = "${join(folder, 'run')}"\n`,
    );
    const env = { CONTAINERS_STORAGE_CONF: storage, BUILDAH_ISOLATION: 'chroot' };
    try {
      const base = `${registry.host}/vllm-base`;
      await writeFile(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /models/base\n');
      for (const argv of [
        [
          'build',
          '--tls-verify=false',
          '--format=oci',
          '--timestamp=0',
          '--tag',
          base,
          '--file',
          join(folder, 'Dockerfile'),
          baseModel,
        ],
        ['push', '--tls-verify=false', base, `docker://${base}`],
      ]) {
        step.now(`buildah ${argv[0]}`);
        const done = await run([buildah, ...argv], {
          env: { ...process.env, ...env },
          signal,
          timeoutMs: 120_000,
        });
        signal.throwIfAborted();
        if (done.code !== 0) throw new Error(done.tail.slice(-3).join(' '));
      }
      step.end('done', 'images are built by buildah and pushed to a registry on this machine');
      return { name: `${registry.host}/capitals`, base, env, stop: () => registry.stop() };
    } catch (error) {
      await registry.stop();
      throw error;
    }
  } catch (error) {
    signal.throwIfAborted();
    step.end('refused', `no images are built: ${(error as Error).message}`);
    return undefined;
  }
}
