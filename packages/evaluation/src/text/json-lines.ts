import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { eachLineOfBytes } from './lines.ts';
import { isObject, type JsonObject, parseTolerantJson } from './tolerant-json.ts';

/** One JSON object of a JSON Lines file. */
export type OnRow = (row: JsonObject, line: number, offset: number) => void;

/** Takes a row from its bytes; false where it must be parsed. */
export type TakeBytes = (bytes: Buffer, from: number, to: number, offset: number, line: number) => boolean;

/**
 * Calls `onRow` for each line of a JSON Lines file, in constant memory.
 * @throws UserError with file and line for a line that is not a JSON object; a broken last line without a newline is
 * called what it is, a file cut off in the middle
 *
 * @param take is asked first for each row
 */
export async function eachJsonLine(path: string, onRow: OnRow, take?: TakeBytes): Promise<void> {
  let broken: { line: number; message: string } | null = null;
  const { closed } = await eachLineOfBytes(path, (bytes, from, to, line, offset) => {
    if (!broken && take?.(bytes, from, to, offset, line)) return;
    const text = bytes.toString('utf8', from, to);
    if (text.trim() === '') return;
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
