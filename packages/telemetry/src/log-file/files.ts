import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises';
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
/** A time that goes back by more than this is of a clock that was put right, not of lines out of order; milliseconds. */
const PUT_RIGHT = 60_000;
/** Bytes; a longer line is no line of an access log. */
const LONGEST_LINE = 1024 * 1024;

export interface LineOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes; a longer line comes as `{`. Default: 1 MiB. */
  readonly longest?: number | undefined;
}

/**
 * The log and what rotation made of it (`access.log.1`, `access.log-20261121.gz`, …); the one being written is last.
 * `problems` says which files cannot be read: those in a packing that is not gzip, and what is no file.
 * @throws UserError where the log is missing or may not be read
 */
export async function logFiles(
  path: string,
  kind = 'access log',
): Promise<{ files: LogFile[]; problems: string[] }> {
  const active = await look(path, kind);
  const folder = dirname(path);
  const name = basename(path);
  const problems: string[] = [];
  const listed = await readdir(folder).catch((error: unknown) => {
    problems.push(`rotated files are not read, because ${folder} cannot be listed: ${messageOf(error)}`);
    return [];
  });
  const names = listed.filter((n) => n.startsWith(`${name}.`) || n.startsWith(`${name}-`));
  const packed = names.filter((n) => /\.(bz2|xz|zst|lz4)$/.test(n));
  if (packed.length > 0) problems.push(`not read, because only gzip is: ${packed.join(', ')}`);
  const kept = names.filter(
    (n) =>
      /^[.-]\d+(\.gz)?$|^[.-]\d[\d._T-]*(\.gz)?$/.test(n.slice(name.length)) &&
      // both are there while one is being packed
      !(n.endsWith('.gz') && names.includes(n.slice(0, -'.gz'.length))),
  );
  const aside: LogFile[] = [];
  for (const file of kept.map((n) => join(folder, n))) {
    // a folder, or a link to nothing; what rotation has renamed just now is neither
    const [named, read] = await Promise.all([lstat, stat].map((look) => look(file).catch(() => undefined)));
    if (named && !read?.isFile()) problems.push(`${file} is no file and was not read`);
    else aside.push(await look(file, kind));
  }
  return { files: [...aside, active], problems };
}

async function look(path: string, kind: string): Promise<LogFile> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error('it is no file');
    return { path, packed: path.endsWith('.gz'), inode: found.ino, size: found.size };
  } catch (error) {
    throw unreadable(path, kind, error);
  }
}

/** What to say of a log that is missing or may not be read. */
export function unreadable(path: string, kind: string, error: unknown): UserError {
  return new UserError(
    `The ${kind} ${path} cannot be read: ${messageOf(error)}. Give the path that it is written to, on the machine where this runs, and let this user read it.`,
  );
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
  return (await beginning(file, 256)).toString('latin1').split('\n', 1)[0] ?? '';
}

/** Whether two files begin alike with a whole line at least, as far as both go: one is being copied to the other. */
export async function beginAlike(a: LogFile, b: LogFile): Promise<boolean> {
  const length = Math.min(PROBE, a.size, b.size);
  const [one, other] = await Promise.all([a, b].map((file) => beginning(file, length)));
  // a file that was just emptied begins like any other, and so do the first letters of every line
  return (one as Buffer).includes('\n') && (one as Buffer).equals(other as Buffer);
}

async function beginning(file: LogFile, length: number): Promise<Buffer> {
  const handle = await open(file.path);
  try {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await handle.read(buffer, 0, length, 0);
    return buffer.subarray(0, bytesRead);
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

/** The newest time at a file's end; where it goes back by far, a line before was dated in the future. */
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
      if (time !== undefined && (last === undefined || time > last || time < last - PUT_RIGHT)) last = time;
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
