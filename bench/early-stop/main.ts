import { parseArgs } from 'node:util';
import { UserError } from '@sluice/contract';
import { missed } from './bars.ts';
import { type Cell, METHODS, type Result, simulate, TRUTHS, type Truth } from './simulate.ts';

/** What is usual, then sparse differences, many differences, a narrow margin. */
const KINDS = [
  { discordance: 0.1, margin: 0.05 },
  { discordance: 0.06, margin: 0.05 },
  { discordance: 0.3, margin: 0.05 },
  { discordance: 0.1, margin: 0.02 },
];
const MULTIPLES = [1, 2, 4];

/**
 * Items used, decisions and false approvals of the two ways to stop early, beside the fixed test on all items.
 *
 * `--runs N` experiments a cell (10,000), `--seed N`, `--json`. Exit status 1 where a bar is missed.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
    },
  });
  const asked = { runs: wholeNumber('--runs', values.runs), seed: wholeNumber('--seed', values.seed) };
  const results: Result[] = [];
  for (const kind of KINDS) {
    const cells: Cell[] = MULTIPLES.map((multiple) => ({ ...kind, multiple }));
    const mine = cells.flatMap((cell) =>
      // a difference cannot exceed the share of items that differ
      (Object.keys(TRUTHS) as Truth[])
        .filter((truth) => Math.abs(TRUTHS[truth]) * cell.margin <= cell.discordance)
        .flatMap((truth) => METHODS.map((method) => simulate(cell, truth, method, asked))),
    );
    results.push(...mine);
    process.stdout.write(`${table(kind, mine)}\n`);
  }
  const failures = missed(results);
  process.stdout.write(failures.length === 0 ? 'Every bar is met.\n' : `Missed: ${failures.join('; ')}\n`);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...asked, results, missed: failures })}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

const percent = (share: number): string => (100 * share).toFixed(1);

function table({ discordance, margin }: (typeof KINDS)[number], results: readonly Result[]): string {
  return [
    `### ${100 * discordance} % of the items differ, margin ${margin}`,
    '',
    '| items | truth | method | items used, % | approved, % | rejected, % |',
    '|---|---|---|---|---|---|',
    ...results.map(
      ({ cell, items, truth, method, used, approved, rejected, runs }) =>
        `| ${cell.multiple}x (${items}) | ${truth} | ${method} | ${percent(used)} | ${percent(approved / runs)} | ${percent(rejected / runs)} |`,
    ),
    '',
  ].join('\n');
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UserError(`${option} is '${text}'; it must be a whole number of at least 1`);
  return value;
}
