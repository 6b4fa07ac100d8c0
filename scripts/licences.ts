import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Module {
  readonly identifier?: string;
  readonly name?: string;
  readonly modules?: readonly Module[];
}

/** Folders of the packages that a bundle holds, from the bundler's own list of modules (also those it joined into one). */
export function bundledPackages(stats: { readonly modules?: readonly Module[] }): string[] {
  const found = new Set<string>();
  const visit = (module: Module) => {
    for (const text of [module.identifier ?? '', module.name ?? '']) {
      for (const match of text.matchAll(/node_modules\/((?:@[^/|!\s]+\/)?[^/|!\s"]+)/g)) {
        const before = text.slice(0, match.index);
        const parents = before.match(/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/$)/)?.[0];
        found.add(parents ? `${parents}/node_modules/${match[1]}` : `node_modules/${match[1]}`);
      }
    }
    module.modules?.forEach(visit);
  };
  stats.modules?.forEach(visit);
  return [...found].filter((path) => !path.includes('@sluice/') && !path.includes('@vercel/ncc')).sort();
}

/** Name, version, licence and licence text of every package in the bundle, sorted, with LF line ends. */
export function licences(stats: { readonly modules?: readonly Module[] }, root: string): string {
  return bundledPackages(stats)
    .filter((path) => existsSync(join(root, path, 'package.json')))
    .map((path) => {
      const folder = join(root, path);
      const { name, version, license } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      ) as Record<string, string>;
      const file = readdirSync(folder).find((f) => /^(licen[cs]e|copying)/i.test(f));
      const text = file ? readFileSync(join(folder, file), 'utf8') : 'The package ships no licence file.';
      return `${name} ${version}\n${license ?? 'see below'}\n\n${text.replaceAll('\r\n', '\n').trim()}\n`;
    })
    .join(`\n${'-'.repeat(78)}\n\n`);
}
