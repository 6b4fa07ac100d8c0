import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { type GatesDocument, readGates } from '@sluice/evaluation';
import type { Scene } from '../scene.ts';

/** The gates file of an option, where it is given. */
export async function gatesAt(path: string | undefined, scene: Scene): Promise<GatesDocument | undefined> {
  if (path === undefined) return undefined;
  const text = await readFile(resolve(scene.cwd, path), 'utf8').catch((error: unknown) => {
    throw new UserError(`--gates: ${path} cannot be read (${messageOf(error)})`);
  });
  return readGates(text, path);
}
