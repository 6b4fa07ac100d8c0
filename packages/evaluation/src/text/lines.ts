import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { UserError } from '@sluice/contract';

/** One line of a file: its text, its number from 1, the byte it starts at. */
export type OnLine = (text: string, line: number, offset: number) => void;

/** The same as bytes, from `from` up to `to`; they are only there during the call. */
export type OnBytes = (bytes: Buffer, from: number, to: number, line: number, offset: number) => void;

const CHUNK = 1 << 20;
const NEWLINE = 10;
const OPEN_AT_ONCE = 256;

/**
 * Calls `onLine` for each line that is not blank, in constant memory; gzip is seen by its first bytes (offsets are
 * then into the unpacked text). Returns whether the last line was closed by a newline.
 */
export function eachLine(path: string, onLine: OnLine): Promise<{ closed: boolean }> {
  return eachLineOfBytes(path, (bytes, from, to, line, offset) => {
    const text = bytes.toString('utf8', from, to);
    if (text.trim() !== '') onLine(text, line, offset);
  });
}

/** Calls `onBytes` for each line, blank ones too, without a byte order mark; else as `eachLine`. */
export async function eachLineOfBytes(path: string, onBytes: OnBytes): Promise<{ closed: boolean }> {
  const splitter = new LineSplitter(onBytes);
  const take = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) splitter.push(chunk);
  };
  try {
    if (await isGzip(path)) await pipeline(createReadStream(path), createGunzip({ chunkSize: CHUNK }), take);
    else await take(chunksOf(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) throw new UserError(`${path}: the gzip file is damaged or cut off (${code})`);
    throw error;
  }
  return splitter.end();
}

/** The line that starts at a byte of a file that is not compressed. */
export async function lineAt(path: string, offset: number): Promise<string> {
  const file = await open(path);
  try {
    const parts: Buffer[] = [];
    // hundreds of lines are asked for at once, and most are short
    for (let at = offset, size = 1 << 12; ; size = 1 << 16) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, at);
      const part = buffer.subarray(0, bytesRead);
      const end = part.indexOf(NEWLINE);
      parts.push(end < 0 ? part : part.subarray(0, end));
      if (end >= 0 || bytesRead === 0) return Buffer.concat(parts).toString('utf8');
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** The lines that start at some bytes (of the unpacked text), a gzip file being read once for all; undefined: no line starts there. */
export async function linesAt(path: string, offsets: readonly number[]): Promise<(string | undefined)[]> {
  if (!(await isGzip(path))) {
    const lines: (string | undefined)[] = [];
    for (let from = 0; from < offsets.length; from += OPEN_AT_ONCE) {
      const some = offsets.slice(from, from + OPEN_AT_ONCE);
      lines.push(...(await Promise.all(some.map((at) => (at < 0 ? undefined : lineAt(path, at))))));
    }
    return lines;
  }
  const wanted = new Set(offsets);
  const found = new Map<number, string>();
  await eachLine(path, (text, _, offset) => {
    if (wanted.has(offset)) found.set(offset, text);
  });
  return offsets.map((offset) => found.get(offset));
}

/** The bytes of a file's text; null where it is packed. */
export async function plainLength(path: string): Promise<number | null> {
  return (await isGzip(path)) ? null : (await stat(path)).size;
}

/** Whether the file starts as gzip does. */
export async function isGzip(path: string): Promise<boolean> {
  const head = await firstBytes(path, 2);
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** The first bytes of a file, fewer when it is shorter. */
export async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The file in pieces, which are only there until the next is asked for: a stream would make new memory for each. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    let [now, ahead] = [Buffer.allocUnsafeSlow(CHUNK), Buffer.allocUnsafeSlow(CHUNK)];
    let size = await fill(file, now);
    while (size > 0) {
      const next = fill(file, ahead);
      next.catch(() => {}); // it is seen below, unless the reader has stopped before
      try {
        yield size < CHUNK ? now.subarray(0, size) : now;
      } finally {
        size = await next;
      }
      [now, ahead] = [ahead, now];
    }
  } finally {
    await file.close();
  }
}

async function fill(file: FileHandle, chunk: Buffer): Promise<number> {
  return (await file.read(chunk, 0, chunk.length, null)).bytesRead;
}

class LineSplitter {
  private rest: Buffer[] = [];
  private restBytes = 0;
  private line = 0;
  private offset = 0;
  private readonly onBytes: OnBytes;

  constructor(onBytes: OnBytes) {
    this.onBytes = onBytes;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (this.restBytes > 0) {
        const whole = Buffer.concat([...this.rest, chunk.subarray(from, end)]);
        this.rest = [];
        this.restBytes = 0;
        this.emit(whole, 0, whole.length, 1);
      } else this.emit(chunk, from, end, 1);
      from = end + 1;
    }
    if (from < chunk.length) {
      this.rest.push(Buffer.from(chunk.subarray(from))); // the chunk's memory is used again
      this.restBytes += chunk.length - from;
    }
  }

  end(): { closed: boolean } {
    const closed = this.restBytes === 0;
    if (!closed) this.emit(Buffer.concat(this.rest), 0, this.restBytes, 0);
    return { closed };
  }

  private emit(bytes: Buffer, from: number, to: number, newline: number): void {
    const offset = this.offset;
    this.offset += to - from + newline;
    this.line++;
    const marked =
      this.line === 1 && bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf;
    this.onBytes(bytes, marked ? from + 3 : from, to, this.line, offset);
  }
}
