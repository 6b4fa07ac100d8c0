/** Writes everything that follows from the definitions; `--check` fails where a file differs instead. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { facesOf } from './faces.ts';
import { actionNames, definitionOf, root, versionOf } from './project.ts';

const check = process.argv.includes('--check');
const stale: string[] = [];

function write(file: string, text: string): void {
  const path = join(root, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  stale.push(file);
  if (check) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

for (const name of actionNames()) {
  const readme = readFileSync(join(root, 'actions', name, 'README.md'), 'utf8');
  for (const [file, text] of facesOf(await definitionOf(name), readme, versionOf(name))) write(file, text);
}

if (check && stale.length > 0) {
  console.error(
    `These files differ from the definitions; run \`npm run generate\` and commit them:\n${stale.join('\n')}`,
  );
  process.exitCode = 1;
} else console.log(stale.length === 0 ? 'Everything generated is up to date.' : `Wrote ${stale.join(', ')}`);
