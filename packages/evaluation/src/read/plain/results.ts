import { textOf } from '../../results/digest.ts';
import type { ItemText, Results, Task } from '../../results/results.ts';
import { eachCsvRow } from '../../text/csv.ts';
import { linesAt } from '../../text/lines.ts';
import { isObject, type JsonObject, parseTolerantJson } from '../../text/tolerant-json.ts';
import type { Columns } from './columns.ts';

export type PlainKind = 'jsonl' | 'csv' | 'table';

/** What was read of a plain file. */
export interface PlainRows {
  readonly kind: PlainKind;
  readonly path: string;
  readonly columns: Columns;
  readonly tasks: readonly Task[];
  readonly notes: readonly string[];
}

/** The rows as results, which find the texts of an item in the file again; those of a JSON table are in memory. */
export function plainResults(rows: PlainRows, table: readonly JsonObject[] | null): Results {
  const { kind, path, columns, tasks, notes } = rows;
  return {
    format: kind,
    source: path,
    evaluator: { name: 'plain', version: null },
    model: null,
    tasks,
    notes,
    texts: async (task, wanted) => {
      const places = wanted.map((row) => task.items?.place(row) ?? -1);
      const found = table ? places.map((at) => table[at]) : await rowsAt(path, kind, places);
      return found.map((row) => row && textsOf(row, columns));
    },
  };
}

/** The rows at some places: the byte at which a row of JSON Lines starts, the line of one of CSV, which is read again for all. */
async function rowsAt(
  path: string,
  kind: PlainKind,
  places: readonly number[],
): Promise<(JsonObject | undefined)[]> {
  if (kind === 'csv') {
    const wanted = new Set(places);
    const found = new Map<number, JsonObject>();
    await eachCsvRow(path, (row, line) => {
      if (wanted.has(line)) found.set(line, row);
    });
    return places.map((line) => found.get(line));
  }
  return (await linesAt(path, places)).map((line) => {
    const value = line === undefined ? undefined : parseTolerantJson(line);
    return isObject(value) ? value : undefined;
  });
}

function textsOf(row: JsonObject, columns: Columns): ItemText {
  const show = (column: string | null): string => (column === null ? '' : textOf(row[column] ?? ''));
  return {
    input: show(columns.input ?? columns.id),
    target: show(columns.target),
    answer: show(columns.answer),
    ...(columns.input === null ? { idOnly: true } : {}),
  };
}
