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
