import { UserError } from '@sluice/contract';
import { canonicalJson, digestOf, textOf } from '../../results/digest.ts';
import type { ItemText, ReadOptions, Results } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { eachJsonLine } from '../../text/json-lines.ts';
import { isObject, type JsonObject, toScore, valueAt } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';
import { probe } from '../probe.ts';

/** Whether a JSON value is promptfoo's output file. */
export function isPromptfoo(value: unknown): value is JsonObject {
  return isObject(value) && 'evalId' in value && isObject(value.results) && 'version' in value.results;
}

const ERROR = 2;

/** Whether a row is one of promptfoo's `-o x.jsonl`, which holds the bare rows. */
export function isPromptfooRow(row: JsonObject): boolean {
  return ['testIdx', 'promptIdx', 'vars', 'success', 'failureReason'].every((key) => key in row);
}

/**
 * Reads promptfoo's `-o x.json` or `-o x.jsonl`. An item is its variables and description: `testIdx` shifts when a test is inserted, and
 * `--repeat` invents new ones. A row whose `failureReason` is 2 is an error of the evaluator, though it reads as score 0.
 *
 * @param column which provider (and prompt) is read, where the file holds several
 */
export async function readPromptfoo(
  path: string,
  column: string | null,
  options: ReadOptions = {},
): Promise<Results> {
  const { rows, lost } = await rowsOf(path);
  const mine = ofColumn(path, rows, column);
  const builder = new TaskBuilder('promptfoo');
  let errored = 0;
  for (const [i, row] of mine.entries()) {
    const test = isObject(row.testCase) ? row.testCase : {};
    const vars = isObject(row.vars) ? row.vars : {};
    const item = builder.item({
      content: digestOf(canonicalJson(vars), textOf(test.description ?? '')),
      at: i,
    });
    setSlices(
      builder.items,
      item,
      options.slices ?? [],
      [isObject(test.metadata) ? test.metadata : undefined, vars],
      `${path} row ${i + 1}`,
    );
    const failed = row.failureReason === ERROR;
    if (failed) errored++;
    const scores = {
      score: row.score,
      success: row.success,
      ...(isObject(row.namedScores) ? row.namedScores : {}),
    };
    for (const [metric, value] of Object.entries(scores))
      builder.score(item, metric, null, failed ? null : toScore(value));
  }
  for (const metric of ['score', 'success']) builder.print(metric, null, { higherIsBetter: true });
  const prompts = [...new Set(mine.map((row) => String(row.promptId)))].sort();
  return {
    format: 'promptfoo',
    source: path,
    evaluator: { name: 'promptfoo', version: null },
    model: column,
    tasks: [builder.finish({ errored, incomplete: lost, settings: { prompts: digestOf(...prompts) } })],
    notes: [
      ...(errored > 0 ? [`${errored} rows are errors of the evaluator and have no score`] : []),
      ...(builder.items.repeated > 0
        ? [`${builder.items.repeated} rows repeat an item; its scores are averaged`]
        : []),
    ],
    texts: async (task, items) =>
      items.map((row) => {
        const found = mine[task.items?.place(row) ?? -1];
        return found && textsOf(found);
      }),
  };
}

/** The rows of a file, and how many more its own count names; bare rows have none. */
async function rowsOf(path: string): Promise<{ rows: readonly JsonObject[]; lost: number }> {
  const lines: JsonObject[] = [];
  const first = await probe(path);
  if (first.kind === 'jsonl' && isPromptfooRow(first.first)) {
    await eachJsonLine(path, (row) => lines.push(row));
    return { rows: lines, lost: 0 };
  }
  const file = (await wholeJson(path)) as JsonObject;
  const rows = valueAt(file, 'results.results');
  if (!Array.isArray(rows))
    throw new UserError(
      `${path}: promptfoo's output of version ${String(valueAt(file, 'results.version'))} holds no rows; write it with promptfoo 0.100 or later`,
    );
  const strange = rows.findIndex((row) => !isObject(row));
  if (strange >= 0) throw new UserError(`${path} row ${strange + 1}: a JSON object is expected`);
  const counted = ['successes', 'failures', 'errors'].reduce(
    (sum, key) => sum + (toScore(valueAt(file, `results.stats.${key}`)) ?? 0),
    0,
  );
  return { rows, lost: Math.max(0, counted - rows.length) };
}

function textsOf(row: JsonObject): ItemText {
  const asserted = valueAt(row, 'testCase.assert');
  const target = Array.isArray(asserted) && isObject(asserted[0]) ? (asserted[0].value ?? '') : '';
  return {
    input: textOf(valueAt(row, 'prompt.raw') ?? row.vars),
    target: textOf(target),
    answer: textOf(valueAt(row, 'response.output') ?? ''),
  };
}

/** Rows of one provider and prompt. */
function ofColumn(path: string, rows: readonly JsonObject[], column: string | null): JsonObject[] {
  const prompts = new Set(rows.map((row) => String(row.promptId)));
  const nameOf = (row: JsonObject): string => {
    const provider = String(valueAt(row, 'provider.label') || valueAt(row, 'provider.id') || 'no provider');
    return prompts.size > 1
      ? `${provider} | ${String(valueAt(row, 'prompt.label') ?? 'no label')}`
      : provider;
  };
  const names = [...new Set(rows.map(nameOf))];
  if (column === null && names.length > 1) {
    throw new UserError(
      `${path} holds several columns: name one behind a #, as in ${path}#${names[0]}; there are ${names.join(', ')}`,
    );
  }
  if (column !== null && !names.includes(column))
    throw new UserError(`${path} has no column "${column}"; there are ${names.join(', ')}`);
  return rows.filter((row) => column === null || nameOf(row) === column);
}
