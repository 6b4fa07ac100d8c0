import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import type { ReadOptions, Results, Task } from '../../results/results.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import type { JsonObject } from '../../text/tolerant-json.ts';
import { groupRuns, type RunFiles, stampOf, withoutOverlap } from './files.ts';
import { readRows, rowTexts } from './rows.ts';
import { checkSameRun } from './same-run.ts';
import { printTask, provenance, readSummary, sampleCount, settingsOf, tasksOf } from './summary.ts';

/**
 * Reads what lm-eval wrote (0.4.x): `results_<time>.json` and `samples_<task>_<time>.jsonl`.
 * @param source what the user gave, for messages
 * @param paths the files of a folder, or one file; the companions of one file are those of its time stamp
 */
export async function readLmEval(
  source: string,
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<Results> {
  const runs = groupRuns(paths);
  if (runs.length === 0) runs.push(unstamped(paths));
  const summaries = new Map<RunFiles, JsonObject>();
  for (const run of runs) if (run.summary) summaries.set(run, await readSummary(run.summary));
  const tasksIn = (run: RunFiles): string[] => {
    const summary = summaries.get(run);
    return [...new Set([...(summary ? tasksOf(summary) : []), ...run.samples.keys()])];
  };
  withoutOverlap(runs, tasksIn, source);

  const notes: string[] = [];
  const tasks: Task[] = [];
  const files = new Map<Task, string>();
  for (const run of runs) {
    for (const name of tasksIn(run)) {
      const task = await readTask(name, run, summaries.get(run) ?? null, options, notes);
      tasks.push(task);
      const file = run.samples.get(name);
      if (file) files.set(task, file);
    }
  }
  const about = [...summaries.values()].map(provenance);
  const models = [...new Set(about.map((a) => a.model).filter((m) => m !== null))];
  if (models.length > 1)
    throw new UserError(
      `${source} holds results of several models (${models.join(', ')}): give each its own folder`,
    );
  return {
    format: 'lm-eval',
    source,
    evaluator: { name: 'lm-eval', version: about[0]?.version ?? null },
    model: models[0] ?? null,
    tasks,
    notes,
    texts: async (task, rows) => {
      const file = files.get(task);
      return file
        ? rowTexts(
            file,
            rows.map((row) => task.items?.place(row) ?? -1),
          )
        : rows.map(() => undefined);
    },
  };
}

async function readTask(
  name: string,
  run: RunFiles,
  summary: JsonObject | null,
  options: ReadOptions,
  notes: string[],
): Promise<Task> {
  const builder = new TaskBuilder(name);
  if (summary) printTask(summary, name, builder);
  const file = run.samples.get(name);
  const rows = file ? await readRows(file, builder, options.slices ?? []) : 0;
  const count = summary && sampleCount(summary, name);
  if (count && count.effective < count.original) {
    notes.push(`${name}: ${count.effective} of ${count.original} items were evaluated (--limit)`);
  }
  if (!file && count)
    notes.push(
      `${name}: no samples file beside the results (lm-eval writes them with --log_samples), so only its averages are known`,
    );
  if (builder.items.repeated > 0)
    notes.push(
      `${name}: ${builder.items.repeated} rows repeat an item that was there before; an item's scores are averaged`,
    );
  const task = builder.finish({
    ...(summary ? { settings: settingsOf(summary, name) } : {}),
    incomplete: file && count ? Math.max(0, count.effective - rows) : 0,
  });
  if (summary && file && task.incomplete === 0) checkSameRun(summary, task, file);
  return task;
}

function unstamped(paths: readonly string[]): RunFiles {
  const samples = new Map<string, string>();
  let summary: string | null = null;
  for (const path of paths) {
    const stem = /^(?:samples_)?(.*)\.jsonl(?:\.gz)?$/.exec(basename(path))?.[1];
    if (stem !== undefined) samples.set(stem, path);
    else summary = path;
  }
  return { folder: '', stamp: stampOf(paths[0] ?? '') ?? '', summary, samples };
}
