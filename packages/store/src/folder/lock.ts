import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SystemError, UserError } from '@sluice/contract';

export interface LockOptions {
  /** How long to wait for who holds it, in ms. Default 10 s. */
  readonly wait?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SQLITE_BUSY = 5;

/**
 * Runs `work` while no other process does so under the same lock file.
 *
 * The lock is one of the operating system's (SQLite's exclusive lock on an empty database), which is gone the moment
 * its process is, however it ends: a lock that outlives its owner, or a guess whether the owner still lives, cannot be.
 *
 * @throws {SystemError} when it stays locked, or the file cannot be opened as one
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw unusable(path, error);
  });
  const lock = await acquire(path, options);
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function acquire(path: string, { wait = 10_000, signal }: LockOptions) {
  const { DatabaseSync } = await import('node:sqlite').catch(() => {
    throw new UserError(`Node ${process.version} has no node:sqlite, which locks files; use Node 24.`);
  });
  const end = Date.now() + wait;
  // a state is locked for milliseconds, a training for hours
  for (let pause = 10; ; pause = Math.min(1000, pause * 1.3)) {
    signal?.throwIfAborted();
    let lock: InstanceType<typeof DatabaseSync> | undefined;
    try {
      lock = new DatabaseSync(path, { timeout: 0 });
      lock.exec('BEGIN EXCLUSIVE');
      return lock;
    } catch (error) {
      lock?.close();
      if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw unusable(path, error);
      if (Date.now() >= end)
        throw new SystemError(
          `${path} has been locked by another process for ${wait} ms. Try again when that one is done.`,
        );
    }
    await sleep(
      Math.min(pause * (0.5 + Math.random()), Math.max(1, end - Date.now())),
      undefined,
      signal ? { signal } : {},
    );
  }
}

function unusable(path: string, error: unknown): SystemError {
  return new SystemError(
    `${path} cannot be used as a lock: ${messageOf(error)}. Its folder must be writable for this user and have room; a lock file that another program has written to may be removed while nothing runs here.`,
  );
}
