import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { messageOf, UserError } from '@sluice/contract';

/** A log file, the one being written or one that was put aside. */
export interface LogFile {
  readonly path: string;
  readonly packed: boolean;
  readonly inode: number;
  readonly size: number;
}

/** Bytes looked at to find a time in a file. */
const PROBE = 64 * 1024;
/** A line longer than this is none of ours. */
const LONGEST_LINE = 1024 * 1024;

/**
 * The log and what rotation made of it (`access.log.1`, `access.log-20261121.gz`, …); the one being written is last.
 * `unread` names files in a packing that is not gzip.
 * @throws UserError where the log is missing or may not be read
 */
export async function logFiles(path: string): Promise<{ files: LogFile[]; unread: string[] }> {
  const active = await look(path);
  const folder = dirname(path);
  const name = basename(path);
  const names = (await readdir(folder)).filter((n) => n.startsWith(`${name}.`) || n.startsWith(`${name}-`));
  const unread = names.filter((n) => /\.(bz2|xz|zst|lz4)$/.test(n));
  const kept = names.filter(
    (n) =>
      /^[.-]\d+(\.gz)?$|^[.-]\d[\d._T-]*(\.gz)?$/.test(n.slice(name.length)) &&
      // both are there while one is being packed
      !(n.endsWith('.gz') && names.includes(n.slice(0, -'.gz'.length))),
  );
  const aside = await Promise.all(kept.map((n) => look(join(folder, n))));
  return { files: [...aside, active], unread };
}

async function look(path: string): Promise<LogFile> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    return { path, packed: path.endsWith('.gz'), inode: found.ino, size: found.size };
  } catch (error) {
    throw new UserError(
      `The access log ${path} cannot be read: ${messageOf(error)}. Give the path that the gateway's log is written to, on the machine where this runs.`,
    );
  }
}

/** Reads lines from a byte offset on. `end` is where the last whole line ended; a line without its end is left for later. */
export async function* linesFrom(
  file: LogFile,
  offset: number,
  signal?: AbortSignal,
): AsyncGenerator<{ line: string; end: number }> {
  const raw = createReadStream(file.path, { start: file.packed ? 0 : offset, ...(signal ? { signal } : {}) });
  const bytes: AsyncIterable<Buffer> = file.packed ? raw.pipe(createGunzip()) : raw;
  if (file.packed) raw.on('error', (error) => (bytes as ReturnType<typeof createGunzip>).destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  let end = file.packed ? 0 : offset;
  for await (const chunk of bytes) {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, from)) {
      end += at + 1 - from;
      yield { line: text.toString('utf8', from, at), end };
      from = at + 1;
    }
    rest = text.subarray(from);
    if (rest.length > LONGEST_LINE) {
      end += rest.length;
      rest = Buffer.alloc(0);
      yield { line: '{', end };
    }
  }
}

/** The first bytes of a file, up to its first line's end: they tell it from another of the same number. */
export async function head(file: LogFile): Promise<string> {
  const handle = await open(file.path);
  try {
    const buffer = Buffer.alloc(256);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.toString('latin1', 0, bytesRead).split('\n', 1)[0] ?? '';
  } finally {
    await handle.close();
  }
}

/** Time of the first line in a file that has one. */
export async function firstTime(
  file: LogFile,
  timeOf: (line: string) => number | undefined,
): Promise<number | undefined> {
  for await (const { line, end } of linesFrom(file, 0)) {
    const time = timeOf(line);
    if (time !== undefined) return time;
    if (end > PROBE) return undefined;
  }
  return undefined;
}

/** Time of the last whole line in a file that has one. */
export async function lastTime(
  file: LogFile,
  timeOf: (line: string) => number | undefined,
): Promise<number | undefined> {
  let last: number | undefined;
  const from = Math.max(0, file.size - PROBE);
  for await (const { line } of linesFrom(file, file.packed ? 0 : from)) {
    const time = timeOf(line);
    if (time !== undefined && (last === undefined || time > last)) last = time;
  }
  return last;
}

/**
 * A byte offset from which all lines of `time` and later follow, found by halving: lines lie in order of time.
 * The first line from there on may be cut.
 */
export async function seek(
  file: LogFile,
  time: number,
  timeOf: (line: string) => number | undefined,
): Promise<number> {
  if (file.packed) return 0;
  const handle = await open(file.path);
  try {
    let low = 0;
    let high = file.size;
    while (high - low > PROBE) {
      const middle = Math.floor((low + high) / 2);
      const found = await timeAt(handle, middle, timeOf);
      if (found === undefined) return low;
      if (found < time) low = middle;
      else high = middle;
    }
    return low;
  } finally {
    await handle.close();
  }
}

async function timeAt(
  handle: FileHandle,
  offset: number,
  timeOf: (line: string) => number | undefined,
): Promise<number | undefined> {
  const buffer = Buffer.alloc(PROBE);
  const { bytesRead } = await handle.read(buffer, 0, PROBE, offset);
  const lines = buffer.toString('utf8', 0, bytesRead).split('\n').slice(1, -1);
  for (const line of lines) {
    const time = timeOf(line);
    if (time !== undefined) return time;
  }
  return undefined;
}
