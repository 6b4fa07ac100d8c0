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

/** The rows of a JSON table as objects. MLflow's `<metric>/score` is called `<metric>`; what it says to justify a score is left out. */
export async function tableRows(path: string): Promise<JsonObject[]> {
  const value = await wholeJson(path);
  if (Array.isArray(value)) return value as JsonObject[];
  const { columns, data } = value as { columns: string[]; data: unknown[][] };
  const names = columns.map((name) => name.replace(/\/score$/, ''));
  return data.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}
