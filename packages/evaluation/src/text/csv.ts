import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { isGzip } from './lines.ts';

/** A record of a CSV file: its fields, the line it starts at. */
export type OnRecord = (fields: readonly string[], line: number) => void;

/**
 * Parses CSV as it streams (RFC 4180: quotes doubled inside quotes, line breaks inside quotes, CRLF or LF).
 * `push` text, then `end`.
 */
export class CsvParser {
  private field = '';
  private fields: string[] = [];
  private quoted = false;
  /** A quote was seen inside a quoted field: the next character says whether it was the end. */
  private closing = false;
  private line = 1;
  private startLine = 1;
  private skipNewline = false;
  private readonly delimiter: string;
  private readonly onRecord: OnRecord;

  constructor(delimiter: string, onRecord: OnRecord) {
    this.delimiter = delimiter;
    this.onRecord = onRecord;
  }

  push(text: string): void {
    for (const c of text) this.take(c);
  }

  /** @throws SyntaxError when a quoted field was never closed */
  end(): void {
    if (this.quoted && !this.closing)
      throw new SyntaxError(`line ${this.startLine}: a quoted field is not closed`);
    if (this.field !== '' || this.fields.length > 0 || this.closing) this.endRecord();
  }

  private take(c: string): void {
    if (this.skipNewline) {
      this.skipNewline = false;
      if (c === '\n') return;
    }
    if (c === '\n' || c === '\r') {
      this.line += 1;
      if (c === '\r') this.skipNewline = !this.quoted || this.closing;
      else if (this.quoted && !this.closing && this.field.endsWith('\r')) this.line -= 1;
    }
    if (this.closing) {
      this.closing = false;
      if (c === '"') {
        this.field += '"';
        return;
      }
      this.quoted = false;
    } else if (this.quoted) {
      if (c === '"') this.closing = true;
      else this.field += c;
      return;
    }
    if (c === this.delimiter) {
      this.fields.push(this.field);
      this.field = '';
    } else if (c === '\n' || c === '\r') this.endRecord();
    else if (c === '"' && this.field === '') this.quoted = true;
    else this.field += c;
  }

  private endRecord(): void {
    const blank = this.fields.length === 0 && this.field === '';
    this.fields.push(this.field);
    const fields = this.fields;
    this.fields = [];
    this.field = '';
    this.quoted = false;
    this.closing = false;
    if (!blank) this.onRecord(fields, this.startLine);
    this.startLine = this.line;
  }
}

/** The delimiter of a header line: the one of `,` `;` tab that is there most often. */
export function delimiterOf(header: string): string {
  const count = (d: string): number => header.split(d).length;
  return [',', ';', '\t'].reduce((best, d) => (count(d) > count(best) ? d : best));
}

/**
 * Calls `onRow` for each record of a CSV file with a header, as an object by column name. Returns whether the last line was closed
 * by a line break.
 * @throws UserError with the line for a record of another length, or a quote that is not closed
 */
export async function eachCsvRow(
  path: string,
  onRow: (row: Record<string, string>, line: number) => void,
): Promise<{ closed: boolean }> {
  let closed = true;
  let header: readonly string[] | null = null;
  let parser: CsvParser | null = null;
  const onRecord: OnRecord = (fields, line) => {
    if (!header) {
      const twice = fields.find((name, i) => name !== '' && fields.indexOf(name) !== i);
      if (twice !== undefined)
        throw new UserError(`${basename(path)} line ${line}: the header names "${twice}" twice`);
      header = fields;
      return;
    }
    if (fields.length !== header.length) {
      throw new UserError(
        `${basename(path)} line ${line}: ${fields.length} fields, but the header has ${header.length}`,
      );
    }
    onRow(Object.fromEntries(header.map((name, i) => [name, fields[i] as string])), line);
  };
  let pending = '';
  for await (const chunk of textOf(path)) {
    let text = chunk;
    closed = /[\r\n]$/.test(chunk);
    if (!parser) {
      pending += text;
      if (!/[\r\n]/.test(pending)) continue;
      text = pending.replace(/^\ufeff/, '');
      parser = new CsvParser(delimiterOf(text.split(/[\r\n]/, 1)[0] as string), onRecord);
    }
    parser.push(text);
  }
  parser ??= new CsvParser(',', onRecord);
  try {
    parser.end();
  } catch (error) {
    throw new UserError(`${basename(path)} ${(error as Error).message}`);
  }
  return { closed };
}

/** The text of a file piece by piece, unpacked where it is gzip. */
async function* textOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const text = (await isGzip(path)) ? file.pipe(createGunzip()) : file;
  text.setEncoding('utf8');
  try {
    yield* text as AsyncIterable<string>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) throw new UserError(`${path}: the gzip file is damaged or cut off (${code})`);
    throw error;
  } finally {
    file.destroy();
  }
}
