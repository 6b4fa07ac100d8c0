import { UserError } from '@sluice/contract';
import type { Series, Task } from '../../results/results.ts';
import { isObject, type JsonObject, valueAt } from '../../text/tolerant-json.ts';
import { rounding } from '../printed.ts';

/**
 * Checks that a results file and the samples beside it are of one run: a figure that lm-eval calls the mean of the items is the
 * mean of these items.
 * @throws UserError naming both figures
 */
export function checkSameRun(summary: JsonObject, task: Task, file: string): void {
  for (const series of task.series) {
    if (!isMean(summary, task.name, series.metric)) continue;
    const mean = meanOf(series, task.items?.size ?? 0);
    const printed = series.aggregate;
    if (mean === null || printed === null || !Number.isFinite(printed)) continue;
    if (Math.abs(mean - printed) > rounding(printed))
      throw new UserError(
        `${file}: the mean of ${series.metric}${series.filter === null ? '' : `@${series.filter}`} is ${mean}, but the results file beside it says ${printed}: they are not of one run`,
      );
  }
}

/** Metrics whose aggregation is the mean where a task names none. */
const MEANS = new Set(['acc', 'acc_norm', 'exact_match']);

function isMean(summary: JsonObject, task: string, metric: string): boolean {
  const configs = isObject(summary.configs) ? summary.configs[task] : undefined;
  const listed = valueAt(configs, 'metric_list');
  if (!Array.isArray(listed)) return MEANS.has(metric);
  return listed.some((entry) => isObject(entry) && entry.metric === metric && entry.aggregation === 'mean');
}

/** The mean over all rows, several of one content each counting; null where an item has no score. */
function meanOf({ scores }: Series, items: number): number | null {
  if (!scores || items === 0) return null;
  let sum = 0;
  let count = 0;
  for (let row = 0; row < items; row++) {
    const mine = scores.count(row);
    if (mine === 0) return null;
    sum += mine * scores.mean(row);
    count += mine;
  }
  return sum / count;
}
