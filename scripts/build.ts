/**
 * Builds `dist/`: TypeScript to JavaScript, then one bundle of a dispatcher that reaches every action by `import()`,
 * and a stub of a few lines per action. ncc takes one entry only; eight builds would repeat everything.
 */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ncc from '@vercel/ncc';
import { minifySync } from 'rolldown/utils';
import { licences } from './licences.ts';
import { actionNames, root } from './project.ts';

const build = join(root, 'build');
const dist = join(root, 'dist');

function write(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Compiled rooms find each other by name as the sources do. */
function linkRooms(): void {
  const rooms = ['packages', 'actions'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  for (const room of [...rooms, 'cli']) {
    const manifest = JSON.parse(readFileSync(join(root, room, 'package.json'), 'utf8')) as {
      name: string;
      exports: Record<string, string>;
    };
    const exports = Object.fromEntries(
      Object.entries(manifest.exports).map(([key, file]) => [key, file.replace(/\.ts$/, '.js')]),
    );
    write(
      join(build, room, 'package.json'),
      // no room does anything by being imported, so an action reads of a room only what it uses
      JSON.stringify({ name: manifest.name, type: 'module', sideEffects: room === 'cli', exports }),
    );
    const link = join(build, 'node_modules', manifest.name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(relative(dirname(link), join(build, room)), link, 'dir');
  }
}

/** ncc minifies its entry alone; the chunks are what is read at a start. */
function writeScript(name: string, code: string): void {
  const minified = minifySync(name, code, { module: true, compress: true, mangle: true });
  if (minified.errors.length > 0)
    throw new Error(`${name}: ${minified.errors.map((e) => e.message).join('; ')}`);
  write(join(dist, 'shared', name), minified.code);
}

const stub = (name: string) => `import { start } from '../shared/index.js';

await start('${name}', import.meta.url);
`;

process.chdir(root); // ncc numbers its chunks by the current folder
rmSync(build, { recursive: true, force: true });
rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
linkRooms();

const result = await ncc(join(build, 'cli/src/bundle.js'), {
  minify: false,
  quiet: true,
  cache: false, // read from its cache, a module has no source, and no licence is found for it
  esm: true,
  target: 'es2024',
  license: '',
});
writeScript('index.js', result.code);
for (const [name, asset] of Object.entries(result.assets)) {
  if (name.endsWith('.js')) writeScript(name, asset.source.toString());
  else if (!name.endsWith('package.json')) write(join(dist, 'shared', name), asset.source);
}
write(
  join(dist, 'shared/reading-thread.js'),
  `const { readingThread } = await import('./index.js');
await readingThread();
`,
);
cpSync(join(root, 'packages/engines/python'), join(dist, 'shared/python'), {
  recursive: true,
  filter: (from) => !/__pycache__|test_|\.pyc$/.test(from),
});
for (const name of [...actionNames(), 'cli']) write(join(dist, name, 'index.js'), stub(name));
write(join(dist, 'package.json'), '{ "type": "module" }\n');
write(
  join(dist, 'licenses.txt'),
  licences(
    result.stats.toJson({
      all: false,
      modules: true,
      nestedModules: true,
      modulesSpace: Infinity,
      nestedModulesSpace: Infinity,
    }),
    root,
  ),
);
