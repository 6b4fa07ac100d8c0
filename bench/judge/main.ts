import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { UserError } from '@sluice/contract';
import { type CellResult, cellOf } from './cell.ts';
import { CONTENDERS } from './contender.ts';
import { plot } from './plot.ts';
import { doChunks } from './pool.ts';
import { RATES } from './reference.ts';
import { FAULTS, NULLS, type Scenario } from './scenario.ts';
import { faultTable, nullTable } from './table.ts';
import type { Outcome } from './walks.ts';

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UserError(`${name}: '${text}' is not a whole number from 1 on`);
  return Number(text);
}

function ratesOf(text: string): number[] {
  const rates = text.split(',').map(Number);
  const bad = rates.find((r) => !(RATES as readonly number[]).includes(r));
  if (bad !== undefined)
    throw new UserError(`--rates: '${text}'; allowed: ${RATES.join(', ')}, between commas`);
  return rates;
}

/** The one of that name, or those whose name contains one of the texts between commas; all without any. */
function chosen<T extends { readonly name: string }>(
  flag: string,
  all: readonly T[],
  text: string | undefined,
): readonly T[] {
  const exact = all.filter((x) => x.name === text);
  const parts = text?.split(',').map((part) => part.trim().toLowerCase());
  const found =
    exact.length > 0
      ? exact
      : parts
        ? all.filter((x) => parts.some((part) => x.name.toLowerCase().includes(part)))
        : all;
  if (found.length === 0)
    throw new UserError(
      `--${flag}: nothing is named '${text}'; there are: ${all.map((x) => x.name).join('; ')}`,
    );
  return found;
}

/** A scenario with all guards is walked by judges that read them; the others look at errors alone. */
const takesPart = (judge: string, { wide }: Scenario) =>
  !(wide && /errors alone|independent|no history/.test(judge));

/** Walks that a thread does before it reports. */
const PIECE = 50;

const pieces = (runs: number) =>
  Array.from({ length: Math.ceil(runs / PIECE) }, (_, i) => ({
    from: i * PIECE,
    to: Math.min(runs, (i + 1) * PIECE),
  }));

/**
 * Canary judges on drawn traffic over the plan of the documents: false rollbacks where nothing is wrong, and how soon faults are found.
 *
 * `--runs N` walks a cell where nothing is wrong (40) and `--fault-runs N` where something is (30), `--rates 1,10,100`, `--judge TEXT`, `--scenario TEXT`,
 * `--seed N`, `--look N` (minutes between looks, 1), `--jobs N` (threads; as many as processors), `--keep FILE` (goes on where it stopped),
 * `--plot FILE.svg` (errors of 3 % at the last of the rates), `--json`. Exit status 1 where a judge of ours is shown to roll back more than 1 %.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '40' },
      'fault-runs': { type: 'string', default: '30' },
      rates: { type: 'string', default: RATES.join(',') },
      judge: { type: 'string' },
      scenario: { type: 'string' },
      seed: { type: 'string', default: '1' },
      look: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      keep: { type: 'string' },
      plot: { type: 'string' },
    },
  });
  const runs = wholeNumber('--runs', values.runs);
  const faultRuns = wholeNumber('--fault-runs', values['fault-runs']);
  const seed = wholeNumber('--seed', values.seed);
  const look = wholeNumber('--look', values.look);
  const jobs = wholeNumber('--jobs', values.jobs);
  const rates = ratesOf(values.rates);
  const scenarios = chosen('scenario', [...NULLS, ...FAULTS], values.scenario);
  const judges = chosen('judge', CONTENDERS, values.judge);

  const cells = judges.flatMap((judge) =>
    scenarios
      .filter((scenario) => takesPart(judge.name, scenario))
      .flatMap((scenario) => rates.map((rate) => ({ judge, scenario, rate, outcomes: [] as Outcome[] }))),
  );
  const chunks = cells.flatMap(({ judge, scenario, rate }) =>
    pieces(scenario.fault === undefined ? runs : faultRuns).map((piece) => ({
      judge: judge.name,
      scenario: scenario.name,
      rate,
      seed,
      look,
      ...piece,
    })),
  );
  await doChunks(chunks, jobs, values.keep, (chunk, outcomes) => {
    const cell = cells.find(
      (c) => c.judge.name === chunk.judge && c.scenario.name === chunk.scenario && c.rate === chunk.rate,
    );
    cell?.outcomes.push(...outcomes);
  });
  const results = cells.map((c) => cellOf(c.judge, c.scenario, c.rate, c.outcomes));
  for (const { name } of values.json ? [] : judges) {
    const mine = results.filter((r) => r.contender === name);
    const [good, bad] = [
      mine.filter((r) => r.found === undefined),
      mine.filter((r) => r.found !== undefined),
    ];
    if (good.length > 0) process.stdout.write(`${nullTable(good)}\n\n`);
    if (bad.length > 0) process.stdout.write(`${faultTable(bad)}\n\n`);
  }
  if (values.plot !== undefined)
    writeFileSync(values.plot, plot(results, 'errors 3 % from the start', rates.at(-1) ?? 10));
  const broken = results.filter((r) => provenOver(r));
  if (values.json)
    process.stdout.write(`${JSON.stringify({ runs, faultRuns, seed, look, results, broken })}\n`);
  for (const r of broken)
    process.stderr.write(
      `${r.contender} rolls back more than 1 % in '${r.scenario}' at ${r.rate} requests/s\n`,
    );
  if (broken.length > 0) process.exitCode = 1;
}

/** Counts that a true chance of 1 % would reach in fewer than 1 of 1,000 benches. */
function provenOver({ contender, found, falseRollbacks, runs }: CellResult): boolean {
  const ours = CONTENDERS.find((c) => c.name === contender);
  if (!ours?.honest || found !== undefined) return false;
  const expected = 0.01 * runs;
  return falseRollbacks * runs > expected + 4 * Math.sqrt(expected) + 1;
}
