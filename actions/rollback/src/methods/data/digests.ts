import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tracked } from './pointers.ts';

/** The digests of what lies at a place: MD5 as DVC makes it, and SHA-256 of a file. */
export interface Found {
  readonly md5: string;
  readonly sha256: string | undefined;
}

/** Computes anew what DVC says of a file or folder. */
export async function digestsOf(path: string, { folder, unixLines }: Tracked): Promise<Found> {
  if (!folder) return fileDigests(path, unixLines);
  const entries: { md5: string; relpath: string }[] = [];
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const at = join(entry.parentPath, entry.name);
    const relpath = at.slice(path.length + 1).replaceAll('\\', '/');
    entries.push({ md5: (await fileDigests(at, unixLines)).md5, relpath });
  }
  entries.sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  return { md5: createHash('md5').update(pythonJson(entries)).digest('hex'), sha256: undefined };
}

async function fileDigests(path: string, unixLines: boolean): Promise<Found> {
  const [md5, sha256] = [createHash('md5'), createHash('sha256')];
  let text = unixLines;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    sha256.update(chunk);
    text &&= !chunk.includes(0);
    md5.update(text ? Buffer.from(chunk.toString('latin1').replaceAll('\r\n', '\n'), 'latin1') : chunk);
  }
  return { md5: md5.digest('hex'), sha256: `sha256:${sha256.digest('hex')}` };
}

/** A list as Python's `json.dumps(…, sort_keys=True)` writes it, which is what DVC digests. */
function pythonJson(entries: readonly { readonly md5: string; readonly relpath: string }[]): string {
  const text = (value: string) =>
    JSON.stringify(value).replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  return `[${entries.map(({ md5, relpath }) => `{"md5": ${text(md5)}, "relpath": ${text(relpath)}}`).join(', ')}]`;
}

/** Python sorts texts by code points, JavaScript by UTF-16 units. */
function compareCodePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const order = (x[i]?.codePointAt(0) ?? 0) - (y[i]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}
