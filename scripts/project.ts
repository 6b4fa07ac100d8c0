import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Definition } from '../packages/contract/src/index.ts';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The actions of this repository, in alphabetical order. */
export const actionNames = (): string[] =>
  readdirSync(join(root, 'actions'))
    .filter((name) => existsSync(join(root, 'actions', name, 'src', 'definition.ts')))
    .sort();

export async function definitionOf(name: string): Promise<Definition> {
  const module = (await import(pathToFileURL(join(root, 'actions', name, 'src', 'definition.ts')).href)) as {
    definition: Definition;
  };
  return module.definition;
}

export const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(root, 'actions', name, 'package.json'), 'utf8')) as { version: string })
    .version;
