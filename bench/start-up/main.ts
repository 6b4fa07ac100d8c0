import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Case {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Every committed bundle up to its first error (no input is given, so it ends when it has parsed them), and what it is compared with. */
function cases(): Case[] {
  const core = `import(${JSON.stringify(join(root, 'node_modules/@actions/core/lib/core.js'))})`;
  const bundles = readdirSync(join(root, 'dist')).filter(
    (name) => name !== 'shared' && existsSync(join(root, 'dist', name, 'index.js')),
  );
  return [
    { name: 'bare node -e 0', argv: ['-e', '0'] },
    { name: '@actions/core, unbundled', argv: ['--input-type=module', '-e', core] },
    ...bundles.map((name) => ({
      name,
      argv: [join(root, 'dist', name, 'index.js'), ...(name === 'cli' ? ['--version'] : [])],
      env:
        name === 'cli'
          ? {}
          : {
              GITHUB_ACTIONS: 'true',
              GITHUB_OUTPUT: '/dev/null',
              GITHUB_STEP_SUMMARY: '/dev/null',
              'INPUT_NO-SUCH-INPUT': 'x',
            },
    })),
  ];
}

function once({ argv, env }: Case): number {
  const began = process.hrtime.bigint();
  spawnSync(process.execPath, argv, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: 'ignore',
  });
  return Number(process.hrtime.bigint() - began) / 1e6;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

function bytes(path: string): number {
  const stats = statSync(path);
  return stats.isDirectory()
    ? readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0)
    : stats.size;
}

/**
 * Cold start of every bundle as a multiple of a bare Node, interleaved in one run. `--runs N` (15), `--json`.
 * The bar: every action under 3x, `dist/` under 6 MB.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'boolean', default: false }, runs: { type: 'string', default: '15' } },
  });
  const all = cases();
  const times = new Map(all.map((c) => [c.name, [] as number[]]));
  for (const c of all) once(c);
  for (let run = 0; run < Number(values.runs); run++) for (const c of all) times.get(c.name)?.push(once(c));
  const bare = median(times.get('bare node -e 0') as number[]);
  const rows = all.map(({ name }) => {
    const ms = median(times.get(name) as number[]);
    return { name, ms: Math.round(ms * 10) / 10, ratio: Math.round((ms / bare) * 100) / 100 };
  });
  const dist = { total: bytes(join(root, 'dist')), licences: bytes(join(root, 'dist/licenses.txt')) };
  for (const { name, ms, ratio } of rows)
    console.log(`${name.padEnd(28)} ${ms.toFixed(1).padStart(7)} ms ${ratio.toFixed(2).padStart(6)}x`);
  console.log(
    `dist/ ${(dist.total / 1e6).toFixed(2)} MB, of which licences ${(dist.licences / 1e6).toFixed(2)} MB`,
  );
  if (values.json) console.log(JSON.stringify({ rows, dist }));
}
