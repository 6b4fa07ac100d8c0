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
/** Bytes; a longer line is no line of an access log. */
const LONGEST_LINE = 1024 * 1024;

export interface LineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes; a longer line comes as `{`. Default: 1 MiB. */
  readonly longest?: number | undefined;
}

/**
 * The log and what rotation made of it (`access.log.1`, `access.log-20261121.gz`, …); the one being written is last.
 * `unread` names files in a packing that is not gzip.
 * @throws UserError where the log is missing or may not be read
 */
export async function logFiles(
  path: string,
  kind = 'access log',
): Promise<{ files: LogFile[]; unread: string[] }> {
  const active = await look(path, kind);
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
  const aside = await Promise.all(kept.map((n) => look(join(folder, n), kind)));
  return { files: [...aside, active], unread };
}

async function look(path: string, kind: string): Promise<LogFile> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    return { path, packed: path.endsWith('.gz'), inode: found.ino, size: found.size };
  } catch (error) {
    throw new UserError(
      `The ${kind} ${path} cannot be read: ${messageOf(error)}. Give the path that it is written to, on the machine where this runs.`,
    );
  }
}

/**
 * Reads lines from a byte offset on. `end` is where the last whole line ended; a line without its end is left for later. Of a line that
 * is too long no more than a part is held in memory.
 */
export async function* linesFrom(
  file: LogFile,
  offset: number,
  { signal, longest = LONGEST_LINE }: LineOptions = {},
): AsyncGenerator<{ line: string; end: number }> {
  const raw = createReadStream(file.path, { start: file.packed ? 0 : offset, ...(signal ? { signal } : {}) });
  const bytes: AsyncIterable<Buffer> = file.packed ? raw.pipe(createGunzip()) : raw;
  if (file.packed) raw.on('error', (error) => (bytes as ReturnType<typeof createGunzip>).destroy(error));
  let parts: Buffer[] = [];
  let held = 0;
  let tooLong = false;
  let end = file.packed ? 0 : offset;
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      const last = chunk.subarray(from, at);
      end += held + last.length + 1;
      const line = tooLong
        ? '{'
        : parts.length === 0
          ? last.toString()
          : Buffer.concat([...parts, last]).toString();
      parts = [];
      held = 0;
      tooLong = false;
      yield { line, end };
      from = at + 1;
    }
    const rest = chunk.subarray(from);
    held += rest.length;
    if (held > longest) tooLong = true;
    if (tooLong) parts = [];
    else if (rest.length > 0) parts.push(rest);
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
  // a line may be longer than what is looked at: then at more
  for (let probe = PROBE; ; probe *= 16) {
    const from = file.packed ? 0 : Math.max(0, file.size - probe);
    let last: number | undefined;
    for await (const { line } of linesFrom(file, from, { longest: probe })) {
      const time = timeOf(line);
      if (time !== undefined && (last === undefined || time > last)) last = time;
    }
    if (last !== undefined || from === 0) return last;
  }
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
