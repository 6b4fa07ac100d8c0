import { cp, readdir, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '@sluice/contract';

/**
 * A folder that a program's output may replace: a new or an empty one, or one that holds such output already, told by
 * the file `mark`. Anything else in it would be lost.
 * @throws UserError
 */
export async function checkOutputFolder(folder: string, mark: string): Promise<void> {
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UserError(`output-dir '${folder}' cannot be written to (${error.code}). Give a folder.`);
  });
  if (names.length > 0 && !names.includes(mark))
    throw new UserError(
      `output-dir '${folder}' holds other files (${names.slice(0, 3).join(', ')}), which would be lost. Give a new or empty folder.`,
    );
}

/** Copies `made` to `folder`, whole or not at all. @throws UserError as {@link checkOutputFolder} */
export async function writeOutputFolder(folder: string, made: string, mark: string): Promise<void> {
  await checkOutputFolder(folder, mark);
  const draft = `${folder}.${basename(made)}.part`;
  await rm(draft, { recursive: true, force: true });
  await cp(made, draft, { recursive: true });
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
}
