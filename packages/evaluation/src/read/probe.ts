import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { firstBytes } from '../text/lines.ts';
import { isObject, type JsonObject, parseTolerantJson } from '../text/tolerant-json.ts';
import { WHOLE_LIMIT, wholeJson } from '../text/whole-file.ts';

/** What the beginning of a file shows of its form. */
export type Probe =
  | { readonly path: string; readonly kind: 'zip' }
  | { readonly path: string; readonly kind: 'csv' }
  | { readonly path: string; readonly kind: 'other' }
  | { readonly path: string; readonly kind: 'json'; readonly value: unknown }
  | { readonly path: string; readonly kind: 'jsonl'; readonly first: JsonObject };

const HEAD = 1 << 20;
const NEWLINE = 10;
const SPACE = 32;
const BRACE = 123;
/** Bytes from here on are no ASCII: those of a byte order mark. */
const MARK = 128;

/** Looks at a file's content; its name only tells CSV from other text. */
export async function probe(path: string): Promise<Probe> {
  const raw = await firstBytes(path, 4);
  if (raw.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return { path, kind: 'zip' };
  const head = await headOf(path, raw[0] === 0x1f && raw[1] === 0x8b);
  const start = head.trimStart()[0];
  if (start === '{' || start === '[') {
    const first = firstLineObject(head);
    if (first) return { path, kind: 'jsonl', first };
    if ((await stat(path)).size > WHOLE_LIMIT) return { path, kind: 'other' };
    try {
      return { path, kind: 'json', value: await wholeJson(path) };
    } catch {
      return { path, kind: 'other' };
    }
  }
  return { path, kind: /\.(csv|tsv)(\.gz)?$/i.test(path) ? 'csv' : 'other' };
}

/** The object on the first line, when that line is a whole JSON object and more than the file's only value. */
function firstLineObject(head: string): JsonObject | null {
  const newline = head.trimStart().indexOf('\n');
  const line = newline < 0 ? head.trimStart() : head.trimStart().slice(0, newline);
  try {
    const value = parseTolerantJson(line);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The beginning of a file, unpacked: `HEAD` bytes, and more where its first line is longer and may be an object. */
async function headOf(path: string, gzip: boolean): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  let first = -1;
  let line = false;
  const file = createReadStream(path, { highWaterMark: 1 << 16 });
  try {
    for await (const part of gzip ? file.pipe(createGunzip()) : file) {
      parts.push(part);
      size += part.length;
      const from = first >= 0 ? 0 : part.findIndex((c: number) => c > SPACE && c < MARK);
      if (first < 0 && from >= 0) first = part[from];
      line ||= first >= 0 && part.includes(NEWLINE, from);
      if ((size >= HEAD && (line || first !== BRACE)) || size >= WHOLE_LIMIT) break;
    }
  } catch {
    // a damaged end does not matter for the head; the reader reports it
  } finally {
    file.destroy();
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}
