import { parseArgs } from 'node:util';
import { UserError } from '@sluice/contract';
import { CLUSTERED_CELLS, runClustered } from './clustered.ts';
import type { RuleResult } from './decision.ts';
import { EQUIVALENCE, SUPERIORITY, withPeers } from './differences.ts';
import { runExperiment } from './experiment.ts';
import { PAIRED_SHARES_CELLS, runPairedShares } from './paired-shares.ts';
import { PAIRED_SHARES_RULES } from './paired-shares-rules.ts';
import { installPeers } from './peers.ts';
import { REPEATS_CELLS, runRepeats } from './repeats.ts';
import { SINGLE_SHARES } from './single-share.ts';
import { broken, markdown } from './table.ts';
import { UNPAIRED } from './unpaired.ts';

/** At most 5 % where an exact test exists, 6 % for means whose variance is estimated. */
function limitOf({ cell }: RuleResult): number {
  return /^(paired 0\/1|better|equivalent|share)/.test(cell) ? 5 : 6;
}

/**
 * False approvals (the truth is a regression of exactly the margin), false rejections and approvals (the truth is no
 * change) of our gates and of others, with exact 95 % intervals.
 *
 * `--runs N` experiments a cell (10,000), `--seed N`, `--only KIND` (paired, clustered, repeats, differences, single, unpaired), `--items N` (only paired cells of at most so many), `--json`, `--no-peers`,
 * `--peer NAME` (one of them), `--eval-action FOLDER` (a checkout of that peer). Exit status 1 where a rule of ours does not hold its level.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      runs: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      peers: { type: 'boolean', default: true },
      only: { type: 'string' },
      peer: { type: 'string' },
      items: { type: 'string' },
      'eval-action': { type: 'string' },
    },
    allowNegative: true,
  });
  const runs = { runs: wholeNumber('--runs', values.runs), seed: wholeNumber('--seed', values.seed) };
  const asked = kindOf(values.only);
  const most = values.items === undefined ? Number.POSITIVE_INFINITY : wholeNumber('--items', values.items);
  const peers =
    values.peers && (asked('paired') || asked('differences'))
      ? await installPeers((line) => process.stderr.write(`${line}\n`), {
          only: values.peer,
          evalAction: values['eval-action'],
        })
      : [];
  const rules = [...PAIRED_SHARES_RULES, ...peers.filter(({ asks }) => asks === 'margin')];
  const better = peers.filter(({ asks }) => asks === 'better');
  const results: RuleResult[] = [];
  const add = (more: readonly RuleResult[]): void => {
    results.push(...more);
    if (!values.json) process.stdout.write(`${markdown(more)}\n`);
  };
  if (asked('paired'))
    for (const cell of PAIRED_SHARES_CELLS.filter(({ items }) => items <= most))
      add(await runPairedShares(cell, rules, runs));
  if (asked('clustered')) for (const cell of CLUSTERED_CELLS) add(runClustered(cell, runs));
  if (asked('repeats')) for (const cell of REPEATS_CELLS) add(runRepeats(cell, runs));
  if (asked('differences')) {
    for (const cell of SUPERIORITY) add(runExperiment(await withPeers(cell, better, runs), runs));
    for (const cell of EQUIVALENCE) add(runExperiment(cell, runs));
  }
  if (asked('single')) for (const cell of SINGLE_SHARES) add(runExperiment(cell, runs));
  if (asked('unpaired')) for (const cell of UNPAIRED) add(runExperiment(cell, runs));
  const failures = broken(results, limitOf);
  if (values.json) process.stdout.write(`${JSON.stringify({ ...runs, results, broken: failures })}\n`);
  else process.stdout.write(`${verdict(failures, runs.runs)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

const KINDS = ['paired', 'clustered', 'repeats', 'differences', 'single', 'unpaired'] as const;

/** Whether a kind of cell is asked for; all are where nothing is said. */
function kindOf(only: string | undefined): (kind: (typeof KINDS)[number]) => boolean {
  if (only !== undefined && !KINDS.some((kind) => kind === only)) {
    throw new UserError(`--only is '${only}'; it must be one of ${KINDS.join(', ')}`);
  }
  return (kind) => only === undefined || only === kind;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UserError(`${option} is '${text}'; it must be a whole number of at least 1`);
  }
  return value;
}

function verdict(failures: readonly RuleResult[], runs: number): string {
  if (failures.length === 0) return `Every cell of ours holds its level (${runs} experiments each).`;
  return `Not held: ${failures.map(({ cell, rule }) => `${cell}: ${rule}`).join('; ')}`;
}
