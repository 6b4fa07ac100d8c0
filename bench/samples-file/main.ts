import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from '@sluice/contract';
import { type Gated, gated } from './gated.ts';
import { writeSamplesFile } from './samples.ts';

/** What the issue asks for: a file of 5 GB in under 500 MB of memory. */
const MOST_MB = 500;
const GATES = `gates:
  - {metric: exact_match, at-least: 0.6}
  - {metric: exact_match, not-worse-than: baseline, margin: 0.02}
`;
const SLUICE = fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url));

/**
 * The whole of `sluice eval-gate` on a samples file of lm-eval that is larger than memory should be: its peak memory and time, against a baseline of
 * few items and against one of the same size.
 *
 * `--gigabytes N` (5), `--row-bytes N` (2048), `--baseline small|large` (both), `--json`. It needs twice the gigabytes of disk. Exit status 1 where the
 * file against few items takes 500 MB or more.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      gigabytes: { type: 'string', default: '5' },
      'row-bytes': { type: 'string', default: '2048' },
      baseline: { type: 'string' },
    },
  });
  const rowBytes = positive('row-bytes', values['row-bytes']);
  const items = Math.ceil((positive('gigabytes', values.gigabytes) * 1e9) / rowBytes);
  const sides = { small: Math.min(20_000, items), large: items };
  const asked = Object.entries(sides).filter(([name]) => (values.baseline ?? name) === name);
  if (asked.length === 0)
    throw new UserError(`--baseline is '${values.baseline}'; it must be small or large`);
  const folder = await mkdtemp(join(tmpdir(), 'bench-samples-file-'));
  try {
    await writeFile(join(folder, 'gates.yaml'), GATES);
    const bytes = (await stat(await writeSamplesFile(join(folder, 'new'), { items, rowBytes, seed: 1 })))
      .size;
    const rows: Gated[] = [];
    for (const [i, [name, count]] of asked.entries()) {
      await writeSamplesFile(join(folder, name), { items: count, rowBytes, seed: 2 + i });
      const results = ['--candidate', 'new', '--baseline', name, '--gates', 'gates.yaml'];
      const measured = await gated([process.execPath, SLUICE, 'eval-gate', ...results], folder);
      rows.push(measured);
      const { seconds, cpu, megabytes, decision } = measured;
      const what = `${(bytes / 1e9).toFixed(2)} GB, ${items} items, against ${count} items`;
      process.stdout.write(
        `| ${what} | ${decision} | ${seconds.toFixed(0)} | ${cpu.toFixed(0)} | ${megabytes.toFixed(0)} |\n`,
      );
      await rm(join(folder, name), { recursive: true });
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ bytes, items, rows })}\n`);
    if (asked[0]?.[0] === 'small' && (rows[0] as Gated).megabytes >= MOST_MB) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new UserError(`--${option} is '${text}'; it must be a number above 0`);
  return value;
}
