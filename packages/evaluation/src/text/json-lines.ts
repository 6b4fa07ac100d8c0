import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { eachLine } from './lines.ts';
import { isObject, type JsonObject, parseTolerantJson } from './tolerant-json.ts';

/** One JSON object of a JSON Lines file. */
export type OnRow = (row: JsonObject, line: number, offset: number) => void;

/**
 * Calls `onRow` for each line of a JSON Lines file, in constant memory.
 * @throws UserError with file and line for a line that is not a JSON object; a broken last line without a newline is
 * called what it is, a file cut off in the middle
 */
export async function eachJsonLine(path: string, onRow: OnRow): Promise<void> {
  let broken: { line: number; message: string } | null = null;
  const { closed } = await eachLine(path, (text, line, offset) => {
    if (broken) throw notJson(path, broken.line, broken.message);
    let row: unknown;
    try {
      row = parseTolerantJson(text);
    } catch (error) {
      broken = { line, message: (error as Error).message }; // whether it is the last line is known only later
      return;
    }
    if (!isObject(row))
      throw new UserError(`${basename(path)} line ${line}: a JSON object is expected, not ${kindOf(row)}`);
    onRow(row, line, offset);
  });
  if (!broken) return;
  const { line, message } = broken as { line: number; message: string };
  if (closed) throw notJson(path, line, message);
  throw new UserError(
    `${basename(path)} is cut off in line ${line}: the program that wrote it was stopped, or the copy is not complete`,
  );
}

function notJson(path: string, line: number, message: string): UserError {
  return new UserError(`${basename(path)} line ${line}: not valid JSON (${message})`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
