import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@sluice/contract';
import type { CommitFiles } from './commit-files.ts';
import { digestsOf } from './digests.ts';
import { type Pointer, tracked } from './pointers.ts';

/** Says which commit is being restored: what lies half-restored then was looked at before. In DVC's own folder, which git ignores. */
const markOf = (folder: string) => join(folder, '.dvc', 'tmp', 'sluice-restoring');

/**
 * Makes sure that nothing is lost: a `.dvc` file must be one that git has, and a file or folder that it names must be as it says, or
 * missing. A restoring of the same commit that was killed has made sure already.
 * @throws UserError with what somebody has changed and not saved
 */
export async function beginRestoring(
  folder: string,
  commit: string,
  files: CommitFiles,
  pointers: readonly Pointer[],
): Promise<void> {
  const mark = markOf(folder);
  const wanted = `${commit} ${pointers.map(({ name }) => name).join(' ')}`;
  if ((await readFile(mark, 'utf8').catch(() => undefined)) === wanted) return;
  const unsaved: string[] = [];
  for (const pointer of pointers) unsaved.push(...(await unsavedIn(folder, files, pointer)));
  if (unsaved.length > 0)
    throw new UserError(
      `${unsaved.slice(0, 5).join(', ')} would be overwritten and nobody has saved ${unsaved.length > 1 ? 'them' : 'it'}: dvc add, dvc push and commit, or remove what is not needed`,
    );
  await mkdir(dirname(mark), { recursive: true });
  await writeFile(`${mark}.part`, wanted);
  await rename(`${mark}.part`, mark);
}

export async function endRestoring(folder: string): Promise<void> {
  await rm(markOf(folder), { force: true });
}

async function unsavedIn(
  folder: string,
  files: CommitFiles,
  { name, text, outs }: Pointer,
): Promise<string[]> {
  const there = await readFile(join(folder, name), 'utf8').catch(() => undefined);
  if (there !== undefined && there !== text && !(await files.keeps(name))) return [name];
  const known = [...outs, ...(there === undefined || name.endsWith('dvc.yaml') ? [] : tracked(there, name))];
  const unsaved: string[] = [];
  for (const path of new Set(known.map((out) => out.path))) {
    const at = join(folder, dirname(name), path);
    if (!(await stat(at).catch(() => undefined))) continue;
    let saved = false;
    for (const out of known.filter((o) => o.path === path))
      saved ||= (await digestsOf(at, out).catch(() => undefined))?.md5 === out.md5;
    if (!saved) unsaved.push(join(dirname(name), path));
  }
  return unsaved;
}
