import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InternalError } from '@sluice/contract';
import type { KeptFile } from '../types.ts';

/** Folder of the reports of one action, relative to the workspace; the GitLab component collects it. */
export const reportFolder = (workspace: string, action: string): string =>
  join(workspace, 'sluice-report', action);

/** Writes kept files, each in one step, so that a reader never sees half of one. Returns their paths. */
export async function writeKept(
  folder: string,
  files: readonly KeptFile[],
  cut: (text: string) => string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const file of files) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_. -]*$/.test(file.name))
      throw new InternalError(`'${file.name}' cannot be the name of a kept file`);
    const path = join(folder, file.name);
    const fresh = join(folder, `.${file.name}.${process.pid}`);
    await writeFile(fresh, typeof file.content === 'string' ? cut(file.content) : file.content);
    await rename(fresh, path);
    paths.push(path);
  }
  return paths;
}

/** The names under which the GitLab component collects reports. */
const COLLECTED = { junit: 'junit.xml', codequality: 'codequality.json', metrics: 'metrics.txt' } as const;

/** Reports that have another name, once more under the name that the GitLab component collects. */
export function asCollected(files: readonly KeptFile[]): KeptFile[] {
  return files.flatMap((file) => {
    const name = COLLECTED[file.kind as keyof typeof COLLECTED];
    return name && name !== file.name ? [{ ...file, name }] : [];
  });
}
