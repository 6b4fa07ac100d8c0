import { randomBytes } from 'node:crypto';
import { constants, copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, SystemError } from '@sluice/contract';

/**
 * Makes a file appear whole or not at all: written beside its place, flushed to the disk, then renamed. A reader, or
 * a machine that loses power, sees the old bytes or the new ones.
 *
 * @param partial where it is written first, on the same file system; default: a new name in the file's own folder
 * @throws {SystemError} where the disk is full, read-only, or not this user's
 */
export async function writeAtomically(
  path: string,
  bytes: Uint8Array | string,
  partial = partialIn(dirname(path)),
): Promise<void> {
  await replace(path, partial, async () => {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** The same for a copy of a file (a clone, where the file system can). */
export async function copyAtomically(
  from: string,
  path: string,
  partial = partialIn(dirname(path)),
): Promise<void> {
  await replace(path, partial, async () => {
    await copyFile(from, partial, constants.COPYFILE_FICLONE);
    const file = await open(partial, 'r');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** A name of one's own for a file that is being written. */
export function partialIn(folder: string): string {
  return join(folder, `.${process.pid}-${randomBytes(8).toString('hex')}.partial`);
}

/** What a disk says that takes nothing (more). */
const REFUSED = new Set(['EACCES', 'EDQUOT', 'EFBIG', 'EIO', 'EISDIR', 'ENOSPC', 'EPERM', 'EROFS']);

async function replace(path: string, partial: string, write: () => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await mkdir(dirname(partial), { recursive: true });
    await write();
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    if (!REFUSED.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new SystemError(`${path} cannot be written: ${messageOf(error)}. What was there before is left.`);
  }
  await syncFolder(dirname(path));
}

/** The rename itself is on the disk only after its folder is. Windows cannot open folders. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
