import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { UserError } from '@sluice/contract';
import { pythonEnvironment } from '@sluice/process';
import { drawNormal, Generator } from '@sluice/statistics';
import { built } from './built.ts';
import { type Measured, measure } from './measure.ts';
import { writeSamples } from './samples.ts';
import { compare, type Row, table } from './table.ts';

const RIVAL = fileURLToPath(new URL('./rival.py', import.meta.url));
const REQUIREMENTS = ['pandas==3.1.1', 'scipy==1.17.1'];
const MARGIN = 0.01;

/** What the issue asks for: so many times as fast, at most this share of the memory. */
const BARS = { times: 5, memory: 1 / 3 };

/**
 * From two JSON Lines files to a decision, and a BCa bootstrap, against the same with pandas and scipy: whole processes, in
 * turn, measured from outside.
 *
 * `--items N` (1,000,000) rows a file, `--pairs N` (100,000) and `--resamples N` (10,000) of the bootstrap, `--runs N` (5), `--only decision|bootstrap`,
 * `--json`. Exit status 1 where a bar is missed.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      items: { type: 'string', default: '1000000' },
      pairs: { type: 'string', default: '100000' },
      resamples: { type: 'string', default: '10000' },
      runs: { type: 'string', default: '5' },
      only: { type: 'string' },
    },
  });
  const count = (name: 'items' | 'pairs' | 'resamples' | 'runs'): number => wholeNumber(name, values[name]);
  const python = await pythonEnvironment({
    name: 'bench gate',
    requirements: REQUIREMENTS,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const folder = await mkdtemp(join(tmpdir(), 'bench-gate-'));
  const ours = await built(join(folder, 'ours'));
  const mine = (...asked: string[]) => ({ argv: [process.execPath, ours, ...asked], env: process.env });
  const theirs = (...asked: string[]) => ({
    argv: [python.python, RIVAL, ...asked],
    env: python.env,
  });
  try {
    const rows: Row[] = [];
    if (values.only !== 'bootstrap') {
      const { candidate, baseline } = await writeSamples(folder, count('items'), 1);
      const asked = ['decide', candidate, baseline, String(MARGIN)];
      const bytes = (await stat(candidate)).size + (await stat(baseline)).size;
      const name = `${count('items').toLocaleString('en-US')} pairs, ${Math.round(bytes / 1e6)} MB of JSON Lines, to a decision`;
      rows.push(compare(name, await inTurn(mine(...asked), theirs(...asked), count('runs'))));
    }
    if (values.only !== 'decision') {
      const random = Generator.fromSeed(1);
      const path = join(folder, 'differences.f64');
      await writeFile(
        path,
        Float64Array.from({ length: count('pairs') }, () => drawNormal(random)),
      );
      const asked = ['bootstrap', path, values.resamples];
      const name = `${count('resamples').toLocaleString('en-US')} BCa resamples of ${count('pairs').toLocaleString('en-US')} pairs`;
      // scipy's jackknife alone takes minutes, so this is run once, and without a warm-up
      rows.push(compare(name, [[await measured(mine(...asked)), await measured(theirs(...asked))]]));
    }
    process.stdout.write(`${table(rows)}\n`);
    const missed = rows.filter(
      ({ times, memory }) => times.median < BARS.times || memory.median > BARS.memory,
    );
    if (missed.length > 0) process.exitCode = 1;
    if (values.json) process.stdout.write(`${JSON.stringify({ python: python.locked, rows })}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Program = { readonly argv: readonly string[]; readonly env: NodeJS.ProcessEnv };

const measured = ({ argv, env }: Program): Promise<Measured> => measure(argv, env);

/** A warm-up of each, then both in turn, so that a machine that slows down slows both. */
async function inTurn(mine: Program, theirs: Program, runs: number): Promise<[Measured, Measured][]> {
  const pairs: [Measured, Measured][] = [];
  for (let run = 0; run <= runs; run++) {
    const pair: [Measured, Measured] = [await measured(mine), await measured(theirs)];
    if (run > 0) pairs.push(pair);
  }
  return pairs;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UserError(`--${option} is '${text}'; it must be a whole number of at least 1`);
  return value;
}
