import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './project.ts';

/** A workspace package: what it says it depends on, and what its sources import. */
export interface RoomSources {
  readonly name: string;
  readonly folder: string;
  readonly declared: readonly string[];
  /** Packages, by name; `node:` modules with their prefix. Tests do not count. */
  readonly imported: readonly string[];
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'\n;]*(?:\{[^}]*\}[^'\n;]*)?from '([^'.][^'\n]*)'|import\('([^'.][^'\n]*)'\)|(?:^|\n)import '([^'.][^'\n]*)'/g;

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');

/** The packages that a source file imports, statically or not. */
export function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].map((m) => packageOf((m[1] ?? m[2] ?? m[3]) as string));
}

export function rooms(): RoomSources[] {
  const folders = ['packages', 'actions'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  return [...folders, 'cli']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
        name: string;
        dependencies?: Record<string, string>;
      };
      const files = globSync('src/**/*.ts', { cwd: join(root, folder) }).filter(
        (file) => !file.endsWith('.test.ts'),
      );
      const imported = new Set(
        files.flatMap((file) => importsOf(readFileSync(join(root, folder, file), 'utf8'))),
      );
      imported.delete(manifest.name);
      return {
        name: manifest.name,
        folder,
        declared: Object.keys(manifest.dependencies ?? {}).sort(),
        imported: [...imported].sort(),
      };
    });
}
