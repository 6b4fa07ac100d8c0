import { basename, dirname } from 'node:path';
import { UserError } from '@sluice/contract';
import type { ReadOptions, Results, Task } from '../../results/results.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import type { JsonObject } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';
import { checkReport, countedIn, executionOf, isEvalScopeReport, printReport } from './report.ts';
import { readReviews, reviewTexts } from './reviews.ts';
import { readSettings } from './settings.ts';

/** The parts of an EvalScope run that a folder holds. */
export interface EvalScopeFiles {
  readonly reports: readonly string[];
  readonly reviews: readonly string[];
  readonly configs: readonly string[];
}

/** Reads what EvalScope wrote: `reports/`, `reviews/`, `configs/` of one run of one model. */
export async function readEvalScope(
  source: string,
  files: EvalScopeFiles,
  options: ReadOptions = {},
): Promise<Results> {
  const reports = await Promise.all(files.reports.map(readReport));
  const models = new Set([
    ...reports.flatMap((r) => (typeof r.model_name === 'string' ? r.model_name : [])),
    ...files.reviews.map((p) => basename(dirname(p))),
  ]);
  if (models.size > 1)
    throw new UserError(
      `${source} holds results of several models (${[...models].join(', ')}): give the folder of one`,
    );
  const config = files.configs.length === 1 ? await readSettings(files.configs[0] as string) : null;
  const notes: string[] = [];
  const tasks: Task[] = [];
  const found = benchmarks(reports, files, source);
  for (const [benchmark, report] of found) {
    const mine = files.reviews.filter((path) => benchmarkOf(path, [...found.keys()]) === benchmark);
    const builder = new TaskBuilder(benchmark);
    let rows = 0;
    let unscored = 0;
    for (const path of mine) {
      const subset = stemOf(path).slice(benchmark.length + 1);
      const count = await readReviews(
        path,
        files.reviews.indexOf(path),
        subset,
        builder,
        options.slices ?? [],
      );
      rows += count.rows;
      unscored += count.unscored;
      for (const [metric, message] of count.metricErrors) {
        notes.push(
          `${benchmark}: EvalScope could not compute ${metric} (${message}); its zeros are missing values, not scores`,
        );
      }
    }
    const scoreNames = builder.finish().series.map((series) => series.metric);
    if (report) printReport(report, scoreNames, builder);
    const execution = report ? executionOf(report) : { incomplete: 0, errored: 0 };
    const counted = report && rows > 0 ? countedIn(report) : null;
    if (counted && rows - unscored > counted.most)
      throw new UserError(
        `${source}: the reviews of ${benchmark} hold ${rows - unscored} scored rows, but the report counts ${counted.most}: a run was appended to an older one, so give each its own folder`,
      );
    const lost = counted ? Math.max(0, counted.fewest - rows) : 0;
    const errored = Math.max(execution.errored, unscored);
    if (errored > 0) notes.push(`${benchmark}: ${errored} items failed in the evaluator and have no score`);
    const task = builder.finish({
      incomplete: Math.max(execution.incomplete, lost),
      errored,
      settings: config?.of(benchmark) ?? {},
    });
    if (report && task.incomplete === 0) checkReport(report, task, source);
    tasks.push(task);
  }
  return {
    format: 'evalscope',
    source,
    evaluator: { name: 'evalscope', version: config?.version ?? null },
    model: [...models][0] ?? null,
    tasks,
    notes: [...new Set(notes)],
    texts: (task, rows) =>
      reviewTexts(
        files.reviews,
        rows.map((row) => task.items?.place(row) ?? -1),
      ),
  };
}

async function readReport(path: string): Promise<JsonObject> {
  const value = await wholeJson(path);
  if (!isEvalScopeReport(value))
    throw new UserError(`${path} is not a report of EvalScope (no dataset_name and metrics)`);
  return value;
}

function benchmarks(
  reports: readonly JsonObject[],
  files: EvalScopeFiles,
  source: string,
): Map<string, JsonObject | null> {
  const found = new Map<string, JsonObject | null>();
  for (const report of reports) {
    const name = report.dataset_name as string;
    if (found.has(name))
      throw new UserError(`${source} holds two reports of ${name}: name the folder of one run`);
    found.set(name, report);
  }
  for (const path of files.reviews) {
    const name = benchmarkOf(path, [...found.keys()]);
    if (!found.has(name)) found.set(name, null);
  }
  return found;
}

const stemOf = (path: string): string => basename(path).replace(/\.jsonl(\.gz)?$/, '');

/** The benchmark of a reviews file, `<benchmark>_<subset>.jsonl`: both may hold underscores, so the known names go first. */
function benchmarkOf(path: string, known: readonly string[]): string {
  const stem = stemOf(path);
  const fits = known
    .filter((name) => stem === name || stem.startsWith(`${name}_`))
    .sort((a, b) => b.length - a.length);
  return fits[0] ?? stem;
}
