import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { UserError } from '@sluice/contract';
import { isObject } from '../text/tolerant-json.ts';

/** The first line's `sluice`. */
const SCHEMA = 'folder/1';
const NEWLINE = 10;

interface PackedFile {
  /** Relative, with `/`. */
  readonly name: string;
  readonly size: number;
  /** SHA-256, hex. */
  readonly sha256: string;
}

/**
 * Packs a folder into one gzip file: a line of JSON with what it is about and each file's size and SHA-256, then the files' bytes one
 * after the other. One file is there whole or not at all, whatever store it lies in.
 */
export async function packFolder(
  folder: string,
  about: Readonly<Record<string, unknown>>,
  path: string,
): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  const files: PackedFile[] = [];
  for (const file of paths.sort()) {
    const sha = createHash('sha256');
    for await (const part of createReadStream(file)) sha.update(part as Buffer);
    const name = relative(folder, file).split(sep).join('/');
    files.push({ name, size: (await stat(file)).size, sha256: sha.digest('hex') });
  }
  const parts = async function* () {
    yield Buffer.from(`${JSON.stringify({ sluice: SCHEMA, about, files })}\n`);
    for (const { name } of files) yield* createReadStream(join(folder, name));
  };
  await pipeline(Readable.from(parts()), createGzip({ level: 6 }), createWriteStream(path));
}

/**
 * Unpacks what `packFolder` wrote and returns what it is about.
 * @throws UserError when it is cut off, a file's digest differs, or a name would lie outside the folder
 */
export async function unpackFolder(path: string, folder: string): Promise<Record<string, unknown>> {
  const bytes = createReadStream(path).pipe(createGunzip())[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const reader = new Reader(bytes, path);
  const { about, files } = headOf(await reader.line(), path);
  for (const file of files) {
    const target = join(folder, ...file.name.split('/'));
    await mkdir(dirname(target), { recursive: true });
    const sha = createHash('sha256');
    const parts = async function* () {
      for await (const part of reader.take(file.size)) {
        sha.update(part);
        yield part;
      }
    };
    await pipeline(Readable.from(parts()), createWriteStream(target));
    if (sha.digest('hex') !== file.sha256)
      throw new UserError(`${path}: ${file.name} is not what its digest says; it was changed or cut off`);
  }
  return about;
}

function headOf(line: string, path: string): { about: Record<string, unknown>; files: PackedFile[] } {
  const head: unknown = JSON.parse(line);
  if (!isObject(head) || head.sluice !== SCHEMA || !isObject(head.about) || !Array.isArray(head.files))
    throw new UserError(`${path} is no packed folder that this version reads (${SCHEMA})`);
  const files = head.files as PackedFile[];
  for (const { name } of files) {
    if (name.split('/').some((part) => part === '' || part === '.' || part === '..') || /[\\\0]/.test(name))
      throw new UserError(`${path} names the file '${name}', which is none of its folder`);
  }
  return { about: head.about as Record<string, unknown>, files };
}

/** Reads a stream in pieces of a known size. */
class Reader {
  private readonly bytes: AsyncIterator<Buffer>;
  private readonly path: string;
  private rest: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterator<Buffer>, path: string) {
    this.bytes = bytes;
    this.path = path;
  }

  async line(): Promise<string> {
    const parts: Buffer[] = [];
    for (;;) {
      const part = await this.next();
      const end = part.indexOf(NEWLINE);
      if (end < 0) {
        parts.push(part);
        continue;
      }
      this.rest = part.subarray(end + 1);
      return Buffer.concat([...parts, part.subarray(0, end)]).toString('utf8');
    }
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      const part = await this.next();
      this.rest = part.subarray(left);
      left -= Math.min(left, part.length);
      yield part.subarray(0, part.length - this.rest.length);
    }
  }

  private async next(): Promise<Buffer> {
    if (this.rest.length > 0) {
      const part = this.rest;
      this.rest = Buffer.alloc(0);
      return part;
    }
    const { done, value } = await this.bytes.next().catch((error: Error) => {
      throw new UserError(`${this.path} is damaged: ${error.message}`);
    });
    if (done) throw new UserError(`${this.path} is cut off`);
    return value;
  }
}
