import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const beatMs = 5_000;
const deadAfterMs = 60_000;

/**
 * Runs `work` while no other process does under the same lock folder. The holder keeps touching the folder; one
 * that has stopped is taken for dead. The lock only spares double work: what must not be doubled (the name of
 * the finished environment) is published by a link that one process alone can make.
 */
export async function underLock<T>(
  folder: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(folder), { recursive: true });
  while (!(await mkdir(folder).then(() => true, existed))) {
    signal?.throwIfAborted();
    const touched = await stat(folder).catch(() => undefined);
    if (touched && Date.now() - touched.mtimeMs > deadAfterMs)
      await rm(folder, { recursive: true, force: true });
    else await delay(200, undefined, { signal });
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(folder, now, now).catch(() => {});
  }, beatMs);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    await rm(folder, { recursive: true, force: true });
  }
}

function existed(error: NodeJS.ErrnoException): false {
  if (error.code === 'EEXIST') return false;
  throw error;
}
