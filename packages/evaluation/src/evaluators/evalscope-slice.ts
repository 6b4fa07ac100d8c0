import { cp, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import { eachCsvRow } from '../text/csv.ts';
import { eachJsonLine } from '../text/json-lines.ts';
import type { JsonObject } from '../text/tolerant-json.ts';
import type { EvaluatorConfig } from './config.ts';

/** What EvalScope calls the split that it evaluates, in the name of a local file. */
const SPLITS = ['_test', '_val', ''];

interface Subset {
  readonly name: string;
  readonly file: string;
  readonly rows: readonly JsonObject[];
}

/**
 * EvalScope's command line evaluates no chosen items, but it reads local data: writes a copy of them that holds only the chosen rows and
 * returns the config that evaluates it. Places count over the benchmark's subsets, in their order.
 *
 * @param items  places of each benchmark, from 0
 * @param wanted items of each benchmark that the baseline has: the data must hold exactly these many
 * @param folder where the copies go
 * @throws UserError when a benchmark has no local data, or another number of rows than the baseline has items
 */
export async function evalScopeSlice(
  config: EvaluatorConfig,
  items: Readonly<Record<string, readonly number[]>>,
  wanted: Readonly<Record<string, number>>,
  workspace: string,
  folder: string,
): Promise<EvaluatorConfig> {
  const sliced: Record<string, unknown> = {};
  for (const [task, places] of Object.entries(items)) {
    const given = (config['dataset-args']?.[task] ?? {}) as JsonObject;
    const path = given.local_path ?? (config['dataset-args'] ? undefined : config['include-path']);
    if (typeof path !== 'string')
      throw new UserError(
        `\`stop\` evaluates some items at a time, and EvalScope can only be given a part of local data: give ${task} a \`local_path\` in dataset-args, or leave \`stop\` out of the gates`,
      );
    const names = Array.isArray(given.subset_list) ? given.subset_list.map(String) : ['default'];
    const local = resolve(workspace, path);
    const subsets = await Promise.all(names.map((name) => subsetAt(local, name, task, config.limit)));
    const rows = subsets.reduce((sum, subset) => sum + subset.rows.length, 0);
    if (rows !== wanted[task])
      throw new UserError(
        `${task}: ${local} holds ${rows} items, and the baseline has ${wanted[task]}; \`stop\` draws from the same items, so evaluate both on the same data (without repetitions)`,
      );
    const target = join(folder, task);
    sliced[task] = {
      ...given,
      local_path: target,
      subset_list: await writeSlices(subsets, new Set(places), local, target),
    };
  }
  return { ...config, tasks: Object.keys(items), limit: undefined, 'dataset-args': sliced };
}

async function subsetAt(
  folder: string,
  name: string,
  task: string,
  limit: number | undefined,
): Promise<Subset> {
  for (const ending of ['.jsonl', '.csv']) {
    for (const split of SPLITS) {
      const file = join(folder, `${name}${split}${ending}`);
      if (!(await stat(file).catch(() => null))) continue;
      const rows: JsonObject[] = [];
      await (ending === '.csv' ? eachCsvRow : eachJsonLine)(file, (row: JsonObject) => void rows.push(row));
      return { name, file, rows: rows.slice(0, limit) };
    }
  }
  throw new UserError(
    `${task}: ${folder} has no ${name}.jsonl or ${name}.csv (or with ${SPLITS.slice(0, 2).join(', ')} after the name); \`stop\` needs the file of each subset`,
  );
}

/** Writes the chosen rows beside the folder's other files (examples for few-shot prompts); returns the subsets that have some. */
async function writeSlices(
  subsets: readonly Subset[],
  places: ReadonlySet<number>,
  from: string,
  to: string,
): Promise<string[]> {
  const own = new Set(subsets.map(({ file }) => basename(file)));
  await mkdir(to, { recursive: true });
  await cp(from, to, { recursive: true, filter: (path) => !own.has(basename(path)) });
  const filled: string[] = [];
  let place = 0;
  for (const { name, file, rows } of subsets) {
    const mine = rows.filter(() => places.has(place++));
    if (mine.length === 0) continue;
    const text = mine.map((row) => `${JSON.stringify(row)}\n`).join('');
    await writeFile(join(to, basename(file).replace(/\.csv$/, '.jsonl')), text);
    filled.push(name);
  }
  return filled;
}
