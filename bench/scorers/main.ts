import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SystemError, UserError } from '@sluice/contract';
import { pythonEnvironment } from '@sluice/process';
import { type Inputs, makeInputs } from './inputs.ts';
import { SCORERS } from './ours.ts';

const PROGRAM = fileURLToPath(new URL('./rival.py', import.meta.url));
const REQUIREMENTS = [
  'sacrebleu==2.6.0',
  'rouge_score==0.1.2',
  'rouge-chinese==1.0.3',
  'scikit-learn==1.9.1',
];
const BAR = 10;
/** Both sides must find the same. */
const CLOSE = 1e-9;
/** A scorer that takes microseconds is run until it took this long, ms. */
const LEAST = 100;

interface Row {
  readonly name: string;
  /** Processor time of one run, ms; medians of the rounds. */
  readonly ours: number;
  readonly theirs: number;
  readonly times: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Every scorer on the same inputs as the package that it is named after, in turn in one run; processor time, so that a busy
 * machine does not count.
 *
 * `--items N` (2,000) texts of each kind, `--rounds N` (5), `--json`. Exit status 1 where one is under ten times as fast, or finds
 * another figure.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      items: { type: 'string', default: '2000' },
      rounds: { type: 'string', default: '5' },
    },
  });
  const rounds = wholeNumber('rounds', values.rounds);
  const inputs = makeInputs(wholeNumber('items', values.items), 1);
  const python = await pythonEnvironment({
    name: 'bench scorers',
    requirements: REQUIREMENTS,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  const folder = await mkdtemp(join(tmpdir(), 'bench-scorers-'));
  const path = join(folder, 'inputs.json');
  await writeFile(path, JSON.stringify(inputs));
  const rival = await startRival(python.python, python.env, path);
  try {
    const rows: Row[] = [];
    process.stdout.write(`${HEAD}\n`);
    for (const name of Object.keys(SCORERS)) {
      const row = await compare(name, inputs, rival, rounds);
      rows.push(row);
      process.stdout.write(`${line(row)}\n`);
    }
    if (values.json) process.stdout.write(`${JSON.stringify({ python: python.locked, rows })}\n`);
    if (rows.some(({ times }) => times < BAR)) process.exitCode = 1;
  } finally {
    rival.close();
    await rm(folder, { recursive: true });
  }
}

interface Answer {
  readonly value: number;
  readonly seconds: readonly number[];
}

interface Rival {
  ask(name: string, runs: number): Promise<Answer>;
  close(): void;
}

async function startRival(python: string, env: NodeJS.ProcessEnv, path: string): Promise<Rival> {
  const child = spawn(python, [PROGRAM, path], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await once(child, 'spawn');
  return {
    ask: async (name, runs) => {
      child.stdin.write(`${name}\t${runs}\n`);
      const { value, done } = await lines.next();
      if (done) throw new SystemError('rival.py ended before it answered');
      return JSON.parse(value) as Answer;
    },
    close: () => child.stdin.end(),
  };
}

async function compare(name: string, inputs: Inputs, rival: Rival, rounds: number): Promise<Row> {
  const score = SCORERS[name] as (typeof SCORERS)[string];
  const found = score(inputs);
  const { value } = await rival.ask(name, 1);
  if (Math.abs(found - value) > CLOSE * Math.max(1, Math.abs(value)))
    throw new SystemError(`${name}: ${found}, but the package finds ${value}`);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(milliseconds(score, inputs));
    theirs.push(1000 * median((await rival.ask(name, 3)).seconds));
  }
  const ratios = ours.map((ms, i) => (theirs[i] as number) / ms);
  return {
    name,
    ours: median(ours),
    theirs: median(theirs),
    times: median(ratios),
    least: Math.min(...ratios),
    most: Math.max(...ratios),
  };
}

/** Processor time of one run, all threads (compiler and collector too), ms. */
function milliseconds(score: (inputs: Inputs) => number, inputs: Inputs): number {
  const began = process.cpuUsage();
  let runs = 0;
  let spent = 0;
  while (spent < LEAST) {
    score(inputs);
    runs++;
    const { user, system } = process.cpuUsage(began);
    spent = (user + system) / 1000;
  }
  return spent / runs;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return ((sorted[Math.floor(last / 2)] as number) + (sorted[Math.ceil(last / 2)] as number)) / 2;
}

const HEAD = `| score | package, ms | Sluice, ms | times as fast (least to most of the rounds) |
|---|---|---|---|`;

function line({ name, ours, theirs, times, least, most }: Row): string {
  const ms = (value: number): string => (value < 10 ? value.toPrecision(2) : value.toFixed(0));
  return `| ${name} | ${ms(theirs)} | ${ms(ours)} | ${times.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)}) |`;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UserError(`--${option} is '${text}'; it must be a whole number of at least 1`);
  return value;
}
