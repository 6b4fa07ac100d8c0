import { UserError } from '@sluice/contract';
import type { Results, Task } from '../../results/results.ts';

/** By what the items are divided before they are drawn. */
export type Stratify = { readonly by: 'task' } | { readonly by: 'slice'; readonly slice: string };

/** An item that may be drawn: its row on each side. */
export interface PoolItem {
  readonly task: Task;
  readonly row: number;
  readonly other: { readonly task: Task; readonly row: number } | null;
}

/** The items that both sides answered (with no baseline: the candidate's), by stratum. */
export function poolOf(
  candidate: Results,
  baseline: Results | null,
  stratify: Stratify,
): Map<string, PoolItem[]> {
  const strata = new Map<string, PoolItem[]>();
  for (const task of candidate.tasks) {
    const { items } = task;
    if (!items) continue;
    const theirs = baseline?.tasks.find((other) => other.name === task.name);
    for (let row = 0; row < items.size; row++) {
      const otherRow = theirs?.items ? theirs.items.keys.findRow(items.keys, row) : -1;
      if (baseline && otherRow < 0) continue;
      const item = { task, row, other: theirs && baseline ? { task: theirs, row: otherRow } : null };
      const label = labelOf(candidate, task, row, stratify);
      const stratum = strata.get(label);
      if (stratum) stratum.push(item);
      else strata.set(label, [item]);
    }
  }
  if (strata.size === 0)
    throw new UserError(
      baseline
        ? `no item of ${candidate.source} is in ${baseline.source}, so there is nothing to compare`
        : `${candidate.source} holds averages only, no items that people could judge`,
    );
  return new Map([...strata].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function labelOf({ source }: Results, task: Task, row: number, stratify: Stratify): string {
  if (stratify.by === 'task') return task.name;
  const column = task.items?.slices.get(stratify.slice);
  if (!column) throw new UserError(`${source}: the items of ${task.name} have no column "${stratify.slice}"`);
  return column.labels[column.code(row)] ?? '';
}
