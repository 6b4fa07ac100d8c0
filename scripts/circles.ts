import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './project.ts';

/** An import of an own file, in any form; imports of types count too. */
const OWN =
  /(?:^|\n)\s*(?:import|export)\b[^'\n;]*(?:\{[^}]*\}[^'\n;]*)?from '(\.[^'\n]*)'|import\('(\.[^'\n]*)'\)/g;

/** Source files with the own files that each imports, by their paths in the project. */
export function ownImports(): Map<string, string[]> {
  const files = globSync('{packages,actions}/*/src/**/*.ts', { cwd: root })
    .concat(globSync('{cli/src,bench,demo,scripts}/**/*.ts', { cwd: root }))
    .filter((file) => !file.endsWith('.test.ts'));
  return new Map(
    files.map((file) => {
      const found = [...readFileSync(join(root, file), 'utf8').matchAll(OWN)];
      const paths = found.map((m) => join(dirname(file), (m[1] ?? m[2]) as string));
      return [file, paths.filter((path) => existsSync(join(root, path)))];
    }),
  );
}

/** Circles of files that import each other: each as the way round it, found depth first. */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, way: readonly string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) found.push([...way.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of imports.get(file) ?? []) walk(next, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) walk(file, []);
  return found;
}
