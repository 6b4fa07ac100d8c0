/** `npm run bench -- <name> [--json]`: one folder a bench, each with `main(argv)`. Prints the machine and versions first. */
import { existsSync, readdirSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const benches = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(here, entry.name, 'main.ts')))
  .map((entry) => entry.name)
  .sort();

const [name, ...argv] = process.argv.slice(2);
if (name === undefined || !benches.includes(name)) {
  console.error(`Give the name of a bench: ${benches.join(', ')}`);
  process.exit(2);
}
// the last line of a run with --json is one JSON object, so everything about the machine comes before it
console.error(
  `${name}: ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()}, Node ${process.version}`,
);
const bench = (await import(pathToFileURL(join(here, name, 'main.ts')).href)) as {
  main(argv: readonly string[]): Promise<void>;
};
await bench.main(argv);
