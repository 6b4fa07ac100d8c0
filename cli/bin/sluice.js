#!/usr/bin/env node
// Runs from source where Node can strip types (a checkout of the repository), else from the bundle.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = new URL('../src/main.ts', import.meta.url);
const bundle = new URL('../../dist/cli/index.js', import.meta.url);

if (existsSync(source) && process.features.typescript) {
  const { main } = await import(source.href);
  const programs = fileURLToPath(new URL('../../packages/engines/python', import.meta.url));
  process.exit(await main(process.argv.slice(2), { programs }));
} else if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  console.error(`bad input: Sluice needs Node 24 or newer to run from source; this is ${process.version}`);
  process.exit(2);
}
