import { UserError } from '@sluice/contract';
import { Items } from './items.ts';
import { corpusColumn } from './new-corpus-column.ts';
import type { Results, Series, Task } from './results.ts';
import { ScoreColumn } from './score-column.ts';

/** Where a row of merged results came from. */
interface Origin {
  readonly part: Results;
  readonly task: Task;
  readonly row: number;
}

/**
 * Joins the results of several runs over parts of the same tasks, each item in one of them. Printed figures are of the parts
 * and are left out: the figure of the whole is that of its items.
 * @throws UserError when an item is in two parts, or the parts were made differently
 */
export function mergeResults(parts: readonly Results[]): Results {
  const first = parts[0] as Results;
  const origins = new Map<Task, Origin[]>();
  const names = [...new Set(parts.flatMap((part) => part.tasks.map((task) => task.name)))];
  const tasks = names.map((name) => {
    const of = parts.flatMap((part) =>
      part.tasks.flatMap((task) => (task.name === name ? [{ part, task }] : [])),
    );
    const { task, rows } = mergeTask(name, of);
    origins.set(task, rows);
    return task;
  });
  return {
    ...first,
    tasks,
    notes: [...new Set(parts.flatMap((part) => part.notes))],
    texts: (task, rows) =>
      Promise.all(
        rows.map(async (row) => {
          const origin = origins.get(task)?.[row];
          return origin && (await origin.part.texts(origin.task, [origin.row]))[0];
        }),
      ),
  };
}

function mergeTask(
  name: string,
  of: readonly { readonly part: Results; readonly task: Task }[],
): { task: Task; rows: Origin[] } {
  const items = new Items();
  const rows: Origin[] = [];
  const series = new Map<string, Series>();
  for (const { part, task } of of) {
    if (JSON.stringify(task.settings) !== JSON.stringify(of[0]?.task.settings))
      throw new UserError(`${name}: its parts were made with different settings`);
    for (let row = 0; row < (task.items?.size ?? 0); row++) {
      const from = task.items as Items;
      const at = items.restore(from.keys.key(row), from.content(row));
      if (at < rows.length) throw new UserError(`${name}: an item is in two parts of the evaluation`);
      rows.push({ part, task, row });
      for (const [slice, column] of from.slices)
        items.setSlice(at, slice, column.labels[column.code(row)] as string);
      for (const old of task.series) copyScore(old, row, mergedSeries(series, old), at);
    }
  }
  const sum = (count: (task: Task) => number): number =>
    of.reduce((total, { task }) => total + count(task), 0);
  return {
    task: {
      name,
      items,
      series: [...series.values()],
      settings: of[0]?.task.settings ?? {},
      incomplete: sum((task) => task.incomplete),
      errored: sum((task) => task.errored),
    },
    rows,
  };
}

function mergedSeries(series: Map<string, Series>, old: Series): Series {
  const key = `${old.metric}\0${old.filter}`;
  const found = series.get(key) ?? {
    ...old,
    aggregate: null,
    standardError: null,
    scores: old.scores && new ScoreColumn(),
    corpus: old.corpus && corpusColumn(old.corpus.kind),
  };
  series.set(key, found);
  return found;
}

function copyScore(old: Series, row: number, merged: Series, at: number): void {
  const { scores, corpus } = old;
  if (scores)
    merged.scores?.restore(
      at,
      scores.mean(row),
      scores.count(row),
      scores.count(row) > 1 ? scores.variance(row) : 0,
    );
  if (corpus?.has(row)) merged.corpus?.set(at, corpus.part(row));
}
