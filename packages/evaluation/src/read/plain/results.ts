import { textOf } from '../../results/digest.ts';
import type { ItemText, Results, Task } from '../../results/results.ts';
import { lineAt } from '../../text/lines.ts';
import { isObject, type JsonObject, parseTolerantJson } from '../../text/tolerant-json.ts';
import type { Columns } from './columns.ts';

export type PlainKind = 'jsonl' | 'csv' | 'table';

/** What was read of a plain file. */
export interface PlainRows {
  readonly kind: PlainKind;
  readonly path: string;
  readonly columns: Columns;
  /** Whether an item's place is the byte at which its row starts. */
  readonly seekable: boolean;
  readonly tasks: readonly Task[];
  readonly notes: readonly string[];
}

/** The rows as results, which find the texts of an item in the file again; those of a JSON table are in memory. */
export function plainResults(rows: PlainRows, table: readonly JsonObject[] | null): Results {
  const { kind, path, columns, seekable, tasks, notes } = rows;
  return {
    format: kind,
    source: path,
    evaluator: { name: 'plain', version: null },
    model: null,
    tasks,
    notes,
    texts: (task, wanted) =>
      Promise.all(
        wanted.map(async (row) => {
          const at = task.items?.place(row) ?? -1;
          const value = table ? table[at] : seekable ? await rowAt(path, at) : undefined;
          return value && textsOf(value, columns);
        }),
      ),
  };
}

async function rowAt(path: string, at: number): Promise<JsonObject | undefined> {
  if (at < 0) return undefined;
  const value = parseTolerantJson(await lineAt(path, at));
  return isObject(value) ? value : undefined;
}

function textsOf(row: JsonObject, columns: Columns): ItemText {
  const show = (column: string | null): string => (column === null ? '' : textOf(row[column] ?? ''));
  return {
    input: show(columns.input ?? columns.id),
    target: show(columns.target),
    answer: show(columns.answer),
  };
}
