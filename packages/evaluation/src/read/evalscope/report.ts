import { UserError } from '@sluice/contract';
import type { Task } from '../../results/results.ts';
import type { ScoreColumn } from '../../results/score-column.ts';
import type { TaskBuilder } from '../../results/task-builder.ts';
import { isObject, type JsonObject, toScore } from '../../text/tolerant-json.ts';

/** Whether a JSON value is an EvalScope report, of schema version 2 or the older one without a version. */
export function isEvalScopeReport(value: unknown): value is JsonObject {
  if (!isObject(value) || typeof value.dataset_name !== 'string' || !Array.isArray(value.metrics))
    return false;
  return value.metrics.every((metric) => isObject(metric) && ('identity' in metric || 'name' in metric));
}

/**
 * Tells the builder what a report printed. A metric is called as the reviews call it (`Rouge-L-R`, `bleu-1`), so that
 * the figure and the items' scores meet in one series.
 */
export function printReport(report: JsonObject, scoreNames: readonly string[], builder: TaskBuilder): void {
  for (const metric of report.metrics as JsonObject[]) {
    const semantics = isObject(metric.semantics) ? metric.semantics : {};
    const direction = semantics.direction;
    builder.print(metricName(metric, scoreNames), null, {
      aggregate: toScore(metric.score),
      higherIsBetter:
        direction === 'higher_is_better' ? true : direction === 'lower_is_better' ? false : null,
    });
  }
}

function metricName(metric: JsonObject, scoreNames: readonly string[]): string {
  const identity = metric.identity;
  if (!isObject(identity)) return String(metric.name);
  const parts = [String(identity.name), ...dimensionTexts(identity.dimensions)];
  const own = parts.join('-');
  return scoreNames.find((name) => name.toLowerCase() === own.toLowerCase()) ?? own;
}

/** `{statistic: recall, variant: l}` as `['l', 'r']`: the order and the short forms of the reviews' names. */
function dimensionTexts(dimensions: unknown): string[] {
  if (!isObject(dimensions)) return [];
  const { variant, statistic, ...rest } = dimensions;
  const texts = [variant, ...Object.values(rest)].filter((v) => v !== undefined && v !== null).map(String);
  return typeof statistic === 'string' ? [...texts, statistic.slice(0, 1)] : texts;
}

/** How many rows every figure of a report rests on; null where it does not say. */
export function countedIn(report: JsonObject): { fewest: number; most: number } | null {
  const metrics = (report.metrics as JsonObject[]).map((metric) => toScore(metric.num) ?? 0);
  const known = metrics.filter((count) => count > 0);
  return known.length < metrics.length || known.length === 0
    ? null
    : {
        fewest: Math.max(toScore(report.num) ?? 0, Math.min(...known)),
        most: Math.max(toScore(report.num) ?? 0, ...known),
      };
}

/** How the run ended; older reports do not say. */
export function executionOf(report: JsonObject): { incomplete: number; errored: number } {
  const summary = report.execution_summary;
  if (!isObject(summary)) return { incomplete: 0, errored: 0 };
  const count = (key: string): number => toScore(summary[key]) ?? 0;
  const errored = count('errored');
  const missing = Math.max(0, count('requested') - count('succeeded') - errored);
  // `incomplete` is also true where items only failed; what neither succeeded nor failed never ran
  return {
    incomplete: missing > 0 || errored > 0 ? missing : summary.incomplete === true ? 1 : 0,
    errored,
  };
}

/** EvalScope rounds to four places for each subset, again for each category and again for the whole. */
const ROUNDED = 3 * 0.5e-4;

/**
 * Checks that a report and the reviews beside it are of one run: what the report calls a mean is the mean of as many rows.
 * @throws UserError naming both figures
 */
export function checkReport(report: JsonObject, task: Task, source: string): void {
  const names = task.series.map((series) => series.metric);
  for (const metric of report.metrics as JsonObject[]) {
    const identity = isObject(metric.identity) ? metric.identity : { aggregation: 'mean' };
    const series = task.series.find((s) => s.metric === metricName(metric, names));
    const printed = toScore(metric.score);
    const sums = series?.scores && task.items ? sumsOf(series.scores, task.items.size) : null;
    if (identity.aggregation !== 'mean' || !series || !sums || printed === null) continue;
    if (!Number.isFinite(printed) || sums.count !== toScore(metric.num)) continue;
    const mean = sums.sum / sums.count;
    if (Math.abs(mean - printed) > ROUNDED * Math.max(1, Math.abs(mean)))
      throw new UserError(
        `${source}: the mean of ${series.metric} in the reviews of ${task.name} is ${mean}, but the report beside them says ${printed}: they are not of one run. Give the run's own folder, or the reviews alone`,
      );
  }
}

function sumsOf(scores: ScoreColumn, items: number): { sum: number; count: number } {
  let [sum, count] = [0, 0];
  for (let row = 0; row < items; row++) {
    const mine = scores.count(row);
    if (mine > 0) sum += mine * scores.mean(row);
    count += mine;
  }
  return { sum, count };
}
