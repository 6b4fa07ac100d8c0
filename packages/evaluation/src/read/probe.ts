import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { createGunzip } from 'node:zlib';
import { firstBytes } from '../text/lines.ts';
import { isObject, type JsonObject, parseTolerantJson } from '../text/tolerant-json.ts';

/** What the beginning of a file shows of its form. */
export type Probe =
  | { readonly path: string; readonly kind: 'zip' }
  | { readonly path: string; readonly kind: 'csv' }
  | { readonly path: string; readonly kind: 'other' }
  | { readonly path: string; readonly kind: 'json'; readonly value: unknown }
  | { readonly path: string; readonly kind: 'jsonl'; readonly first: JsonObject };

/** A JSON file larger than this is not one value to be held in memory. */
const JSON_LIMIT = 512 * 2 ** 20;
const HEAD = 1 << 20;

/** Looks at a file's content; its name only tells CSV from other text. */
export async function probe(path: string): Promise<Probe> {
  const raw = await firstBytes(path, 4);
  if (raw.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004') return { path, kind: 'zip' };
  const gzip = raw[0] === 0x1f && raw[1] === 0x8b;
  const head = (gzip ? await unzippedHead(path) : await firstBytes(path, HEAD))
    .toString('utf8')
    .replace(/^\ufeff/, '');
  const start = head.trimStart()[0];
  if (start === '{' || start === '[') {
    const first = firstLineObject(head);
    if (first) return { path, kind: 'jsonl', first };
    if (!gzip && (await stat(path)).size <= JSON_LIMIT) {
      try {
        return { path, kind: 'json', value: parseTolerantJson(await readFile(path, 'utf8')) };
      } catch {
        return { path, kind: 'other' };
      }
    }
    return { path, kind: 'other' };
  }
  const plain = ['.csv', '.tsv'].includes(extname(path).toLowerCase());
  return { path, kind: plain ? 'csv' : 'other' };
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

async function unzippedHead(path: string): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  const file = createReadStream(path);
  try {
    for await (const part of file.pipe(createGunzip())) {
      parts.push(part);
      size += part.length;
      if (size >= HEAD) break;
    }
  } catch {
    // a damaged end does not matter for the head; the reader reports it
  } finally {
    file.destroy();
  }
  return Buffer.concat(parts);
}
