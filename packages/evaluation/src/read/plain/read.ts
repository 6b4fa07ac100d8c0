import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { digestOf, textOf } from '../../results/digest.ts';
import type { ReadOptions, Results } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { CHINESE_SCORES } from '../../scorers/prediction-scores.ts';
import { type PredictionOptions, predictionScorer } from '../../scorers/score-predictions.ts';
import { eachCsvRow } from '../../text/csv.ts';
import { eachJsonLine, type TakeBytes } from '../../text/json-lines.ts';
import { plainLength } from '../../text/lines.ts';
import { type JsonObject, toScore } from '../../text/tolerant-json.ts';
import { type Columns, columnsOf } from './columns.ts';
import { FlatRows } from './flat-rows.ts';
import { type PlainKind, type PlainRows, plainResults } from './results.ts';
import { tableRows } from './table.ts';

/** The task of a file that names none. */
const ONLY_TASK = 'all';

/** Rows after which the length of a file tells about how many items it holds. */
const TELLING_ROWS = 10_000;
/** Room is not made for more: where later rows repeat the items, it would stay empty. */
const MOST_RESERVED = 2 ** 21;

/**
 * Reads JSON Lines, CSV or a JSON table with one item a row. Items are known by their id, else by their input and target. A score
 * that is empty, null or NaN, and every score of a row with an error, is missing, which is kept apart from 0.
 */
export async function readPlain(path: string, kind: PlainKind, options: ReadOptions = {}): Promise<Results> {
  const table = kind === 'table' ? await tableRows(path) : null;
  return plainResults(await readPlainRows(path, kind, table, options), table);
}

/** Reads all rows; those of a JSON table are given. */
export async function readPlainRows(
  path: string,
  kind: PlainKind,
  table: readonly JsonObject[] | null,
  options: ReadOptions,
): Promise<PlainRows> {
  const tasks = new Map<string, { builder: TaskBuilder; errored: number }>();
  const slices = options.slices ?? [];
  const predictions = options.predictions ?? [];
  let closed = true;
  const rows = async (
    onRow: (row: JsonObject, line: number, at: number) => void,
    take?: TakeBytes,
  ): Promise<void> => {
    if (table) for (const [i, row] of table.entries()) onRow(row, i + 1, i);
    else if (kind === 'jsonl') await eachJsonLine(path, onRow, take);
    else closed = (await eachCsvRow(path, (row, line) => onRow(row, line, line))).closed;
  };
  const first = await firstValues(rows);
  const scorer = predictionScorer(predictions, {
    positive: options.positive,
    ...(await wordsOf(rows, first, path, options)),
  });
  let columns: Columns | null = null;
  let flat: FlatRows | null = null;
  const taskOf = (name: string): { builder: TaskBuilder; errored: number } => {
    let task = tasks.get(name);
    if (!task) {
      task = { builder: new TaskBuilder(name), errored: 0 };
      tasks.set(name, task);
    }
    return task;
  };
  const onRow = (row: JsonObject, line: number, at: number): void => {
    const where = `${basename(path)} line ${line}`;
    if (!columns) {
      columns = columnsOf(first, options.columns ?? {}, slices, where, predictions);
      // what is made of the texts needs the parsed row
      if (predictions.length === 0) flat = new FlatRows(columns, slices, (name) => taskOf(name).builder);
    }
    const name = columns.task === null ? ONLY_TASK : textOf(row[columns.task]);
    const task = taskOf(name);
    const { builder } = task;
    const item = builder.item({ ...identity(row, columns, where), at });
    setSlices(builder.items, item, slices, [row], where);
    const failed = columns.error !== null && !isBlank(row[columns.error]) && row[columns.error] !== false;
    if (failed) task.errored++;
    for (const metric of columns.scores)
      builder.score(item, metric, null, failed ? null : scoreOf(row, metric, where));
    if (predictions.length > 0)
      scorer.add(builder, item, failed ? null : said(row, columns), wanted(row, columns));
  };
  const length = kind === 'jsonl' ? await plainLength(path) : null;
  let seen = 0;
  await rows(onRow, (bytes, from, to, at) => {
    if (++seen === TELLING_ROWS && length !== null && columns?.task === null) {
      const { builder } = taskOf(ONLY_TASK);
      builder.reserve(Math.min(MOST_RESERVED, Math.ceil((length / at) * builder.items.size)));
    }
    return flat?.take(bytes, from, to, at, ONLY_TASK) ?? false;
  });
  scorer.finish();
  if (tasks.size === 0) throw new UserError(`${path} holds no items`);
  return {
    kind,
    path,
    columns: columns as unknown as Columns,
    tasks: [...tasks.values()].map(({ builder, errored }) =>
      builder.finish({
        errored,
        ...(scorer.settings === null ? {} : { settings: { scorer: scorer.settings } }),
      }),
    ),
    notes: [
      ...(closed ? [] : [OPEN_END]),
      ...repeatsNote([...tasks.values()].reduce((sum, { builder }) => sum + builder.items.repeated, 0)),
    ],
  };
}

const OPEN_END =
  'the last line of the CSV file is not closed by a line break: a program that wrote it was stopped, or the copy is not complete; what is missing behind it cannot be known';

/** Rows that are looked at to see which column is what: the first may be one that failed. */
const FIRST_ROWS = 200;

/**
 * The first row, and where it lacks a value that of the next row that has one: a score is a number there and in all the first
 * rows that have it.
 */
async function firstValues(
  rows: (onRow: (row: JsonObject, line: number) => void) => Promise<void>,
): Promise<JsonObject> {
  const enough = Symbol('enough');
  let seen = 0;
  const values: Record<string, unknown> = {};
  const later = new Map<string, unknown[]>();
  const look = (row: JsonObject): void => {
    for (const [name, value] of Object.entries(row)) {
      if (seen === 0) values[name] = value;
      if (isBlank(values[name]) && !isBlank(value)) later.set(name, [...(later.get(name) ?? []), value]);
    }
    if (++seen === FIRST_ROWS) throw enough;
  };
  try {
    await rows(look);
  } catch (error) {
    // what is wrong with a row is told where all of them are read
    if (error !== enough && !(error instanceof UserError)) throw error;
  }
  later.delete('error'); // what the first row says of it tells an error from a score
  for (const [name, found] of later)
    values[name] = found.find((value) => toScore(value) === null) ?? found[0];
  return values;
}

/** The Chinese texts as words, where somebody cuts them: all at once, so they are read before anything is scored. */
async function wordsOf(
  rows: (onRow: (row: JsonObject, line: number) => void) => Promise<void>,
  first: JsonObject,
  path: string,
  { words, predictions = [], columns: map = {}, slices = [] }: ReadOptions,
): Promise<Pick<PredictionOptions, 'words'>> {
  if (!words || !predictions.some((name) => CHINESE_SCORES.has(name))) return {};
  const texts = new Set<string>();
  let columns: Columns | null = null;
  await rows((row, line) => {
    columns ??= columnsOf(first, map, slices, `${basename(path)} line ${line}`, predictions);
    for (const text of [said(row, columns), ...wanted(row, columns)]) if (text !== null) texts.add(text);
  });
  const all = [...texts];
  const cut = await words.cut(all);
  return { words: { name: words.name, spaced: new Map(all.map((text, i) => [text, cut[i] as string])) } };
}

function identity(row: JsonObject, columns: Columns, where: string): { id?: string; content?: string } {
  const input = columns.input === null ? undefined : row[columns.input];
  const content =
    input === undefined
      ? {}
      : { content: digestOf(textOf(input), columns.target === null ? '' : textOf(row[columns.target])) };
  if (columns.id === null) {
    if (isBlank(input)) throw new UserError(`${where}: no "${columns.input}", so the item cannot be paired`);
    return content;
  }
  const id = row[columns.id];
  if (isBlank(id)) throw new UserError(`${where}: no "${columns.id}", so the item cannot be paired`);
  return { id: textOf(id), ...content };
}

function scoreOf(row: JsonObject, metric: string, where: string): number | null {
  const value = row[metric];
  if (isBlank(value)) return null;
  const score = toScore(value);
  if (score === null) throw new UserError(`${where}: "${metric}" is ${JSON.stringify(value)}, not a number`);
  return score;
}

/** The prediction of a row; null when it has none. An empty answer is an answer. */
function said(row: JsonObject, columns: Columns): string | null {
  const value = row[columns.answer as string];
  return value === undefined || value === null ? null : textOf(value);
}

function wanted(row: JsonObject, columns: Columns): string[] {
  const value = row[columns.target as string];
  return Array.isArray(value) ? value.map(textOf) : [textOf(value ?? '')];
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function repeatsNote(repeated: number): string[] {
  return repeated > 0
    ? [
        `${repeated} rows repeat an item that was there before; an item's scores are averaged, not counted as more items`,
      ]
    : [];
}
