import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { digestOf, textOf } from '../../results/digest.ts';
import type { ItemText } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import type { TaskBuilder } from '../../results/task-builder.ts';
import { eachJsonLine } from '../../text/json-lines.ts';
import { linesAt } from '../../text/lines.ts';
import { isObject, type JsonObject, parseTolerantJson, toScore, valueAt } from '../../text/tolerant-json.ts';

/** Whether a row is one of EvalScope's reviews. */
export function isReviewRow(row: JsonObject): boolean {
  return 'index' in row && isObject(valueAt(row, 'sample_score.score'));
}

/** What a reviews file held beside scores. */
export interface ReviewCount {
  readonly rows: number;
  /** Rows that carry no score: their status is neither `success` nor `fallback`. */
  readonly unscored: number;
  /** Metrics whose computing failed though a 0 stands in the row, and the message. */
  readonly metricErrors: ReadonlyMap<string, string>;
}

/**
 * Reads `reviews/<model>/<benchmark>_<subset>.jsonl`. Rows stand in the order of completion and positions shift with
 * repeats, so an item is its user's messages and its target; `--repeats` gives several scores of one item.
 */
export async function readReviews(
  path: string,
  fileIndex: number,
  subset: string,
  builder: TaskBuilder,
  slices: readonly string[],
): Promise<ReviewCount> {
  let rows = 0;
  let unscored = 0;
  const metricErrors = new Map<string, string>();
  await eachJsonLine(path, (row, line, at) => {
    rows++;
    const where = `${basename(path)} line ${line}`;
    if (!isReviewRow(row)) throw new UserError(`${where}: not a review of EvalScope (no sample_score.score)`);
    const sample = row.sample_score as JsonObject;
    const score = sample.score as JsonObject;
    const item = builder.item({
      content: digestOf(inputOf(row), textOf(row.target)),
      at: placeOf(fileIndex, at),
    });
    const metadata = isObject(sample.sample_metadata) ? sample.sample_metadata : undefined;
    setSlices(builder.items, item, slices, [{ subset }, metadata], where);
    const counts =
      isObject(score.value) &&
      (score.status === undefined || score.status === 'success' || score.status === 'fallback');
    if (!counts) unscored++;
    const failed = failedMetrics(score);
    for (const [metric, message] of failed) metricErrors.set(metric, message);
    for (const [metric, value] of Object.entries(isObject(score.value) ? score.value : {})) {
      const bad =
        !counts || [...failed.keys()].some((name) => metric.toLowerCase().startsWith(name.toLowerCase()));
      builder.score(item, metric, null, bad ? null : toScore(value));
    }
  });
  return { rows, unscored, metricErrors };
}

function failedMetrics(score: JsonObject): Map<string, string> {
  const errors = valueAt(score, 'metadata.metric_errors');
  return new Map(
    isObject(errors)
      ? Object.entries(errors).map(([name, message]) => [name, String(message).split('\n')[0] as string])
      : [],
  );
}

function inputOf(row: JsonObject): string {
  if (!Array.isArray(row.messages)) return textOf(row.input); // before 1.0
  const users = row.messages.filter((m) => isObject(m) && m.role === 'user') as JsonObject[];
  return users.map((m) => textOf(m.content)).join('\0');
}

/** File and byte in one double: 2^43 bytes in each of 1,024 files. */
const BYTES = 2 ** 43;
function placeOf(fileIndex: number, at: number): number {
  return fileIndex * BYTES + at;
}

/** The texts of the rows at some places. */
export async function reviewTexts(
  files: readonly string[],
  places: readonly number[],
): Promise<(ItemText | undefined)[]> {
  const found = new Map<number, ItemText | undefined>();
  for (const [i, path] of files.entries()) {
    const mine = places.filter((place) => place >= 0 && Math.floor(place / BYTES) === i);
    const lines =
      mine.length === 0
        ? []
        : await linesAt(
            path,
            mine.map((place) => place % BYTES),
          );
    for (const [j, line] of lines.entries())
      found.set(mine[j] as number, line === undefined ? undefined : textsOf(line));
  }
  return places.map((place) => found.get(place));
}

function textsOf(line: string): ItemText | undefined {
  const row = parseTolerantJson(line);
  if (!isObject(row)) return undefined;
  const target = Array.isArray(row.target) && row.target.length === 1 ? row.target[0] : row.target;
  return {
    input: inputOf(row),
    target: textOf(target),
    answer: textOf(valueAt(row, 'sample_score.score.prediction') ?? ''),
  };
}
