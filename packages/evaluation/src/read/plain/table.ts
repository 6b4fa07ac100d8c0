import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { isObject, type JsonObject } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';

/** Whether a JSON value is a table: a list of objects, or exactly `columns` and `data` as pandas and MLflow write it. */
export function isTable(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject);
  return (
    isObject(value) &&
    Object.keys(value).sort().join() === 'columns,data' &&
    Array.isArray(value.columns) &&
    Array.isArray(value.data)
  );
}

/**
 * The rows of a JSON table as objects. MLflow's `<metric>/score` is called `<metric>`; what it says to justify a score is left out.
 * @throws UserError for a row that has other columns than the table, or a column that is there twice
 */
export async function tableRows(path: string): Promise<JsonObject[]> {
  const value = await wholeJson(path);
  if (Array.isArray(value)) return value as JsonObject[];
  const { columns, data } = value as { columns: unknown[]; data: unknown[] };
  const names = columns.map((name) => String(name).replace(/\/score$/, ''));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UserError(`${basename(path)}: the table names "${twice}" twice`);
  return data.map((row, i) => {
    if (!Array.isArray(row) || row.length !== names.length)
      throw new UserError(
        `${basename(path)} row ${i + 1}: a list of ${names.length} values is expected, one for each column`,
      );
    return Object.fromEntries(names.map((name, j) => [name, row[j]]));
  });
}
