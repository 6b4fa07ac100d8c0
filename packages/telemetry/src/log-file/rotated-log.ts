import { messageOf } from '@sluice/contract';
import {
  beginAlike,
  firstTime,
  head,
  type LogFile,
  lastTime,
  linesFrom,
  logFiles,
  seek,
  unreadable,
} from './files.ts';

/** Lines of threads that ended requests at the same time may be this far out of order, milliseconds. */
export const DISORDER = 500;

export interface RotatedLogOptions {
  readonly path: string;
  /** What the file is to its users, for errors: `access log`. */
  readonly kind: string;
  /** When a line's request ended, Unix milliseconds; undefined for a line that does not say it. */
  readonly timeOf: (line: string) => number | undefined;
  /** Takes each whole line, in the order of the files. A line that begins inside of one (`cut`) may be a rest. */
  readonly take: (line: string, cut: boolean) => void;
  /** What was taken so far is void: lines from `from` (Unix milliseconds) on follow anew. */
  readonly forget: (from: number) => void;
  /** Bytes; a longer line is handed on as `{`, which is no JSON. Default: 1 MiB. */
  readonly longestLine?: number;
}

/**
 * A log of lines in order of time, read where it is written, with what rotation put aside. What was read once is not read
 * again: a later call goes on at the byte where the last one stopped.
 */
export class RotatedLog {
  readonly #options: RotatedLogOptions;
  /** Everything from here on has been read, up to the cursor; undefined: nothing yet. */
  #covered: number | undefined;
  #cursor: { inode: number; offset: number; head: string } | undefined;
  #problems: string[] = [];

  constructor(options: RotatedLogOptions) {
    this.#options = options;
  }

  /** Files that could not be read, or only in part. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Time of the newest line; undefined where no line has one. */
  async newest(signal?: AbortSignal): Promise<number | undefined> {
    const { path, kind, timeOf } = this.#options;
    const { files } = await logFiles(path, kind);
    let newest: number | undefined;
    for (const file of files.toReversed()) {
      signal?.throwIfAborted();
      const time = await lastTime(file, timeOf).catch((error: unknown) => {
        throw unreadable(file.path, kind, error);
      });
      if (time !== undefined && (newest === undefined || time > newest)) newest = time;
      // a packed or older file cannot hold anything newer than the one being written
      if (newest !== undefined) break;
    }
    return newest;
  }

  /** Time of the newest line: the log is written on this machine, whose clock is the log's before its first request. */
  async now(signal?: AbortSignal): Promise<Date> {
    const newest = await this.newest(signal);
    return newest === undefined ? new Date() : new Date(newest);
  }

  /** Reads on, or anew where `from` lies before what was read or the file is another one. */
  async readFrom(from: number, signal: AbortSignal | undefined): Promise<void> {
    const { path, kind, timeOf, forget } = this.#options;
    const { files, problems } = await logFiles(path, kind);
    const active = files.at(-1) as LogFile;
    const cursor = this.#cursor;
    if (
      cursor &&
      this.#covered !== undefined &&
      from >= this.#covered &&
      cursor.inode === active.inode &&
      cursor.offset <= active.size &&
      // the same file may have been emptied and written anew
      (await head(active)).startsWith(cursor.head)
    ) {
      await this.#readFile(active, cursor.offset, false, signal);
      return;
    }
    this.#covered = from;
    this.#cursor = undefined;
    this.#problems = problems;
    forget(from);
    for (const { file, first, next } of await this.#inOrder(files)) {
      if (next !== undefined && next < from - DISORDER) continue;
      const offset = first < from ? await seek(file, from - DISORDER, timeOf) : 0;
      await this.#readFile(file, offset, offset > 0, signal);
    }
  }

  /** Files with a line that has a time, oldest first; `next` is the first time of the file after it. */
  async #inOrder(
    files: readonly LogFile[],
  ): Promise<{ file: LogFile; first: number; next: number | undefined }[]> {
    const active = files.at(-1) as LogFile;
    const dated: { file: LogFile; first: number }[] = [];
    for (const file of files) {
      try {
        // rotation by copying: the same lines lie in both until the one that is written to is emptied
        if (file !== active && !file.packed && (await beginAlike(file, active))) continue;
        const first = await firstTime(file, this.#options.timeOf);
        if (first !== undefined) dated.push({ file, first });
      } catch (error) {
        this.#problems.push(`${file.path} cannot be read: ${messageOf(error)}`);
      }
    }
    if (dated.length === 0 && this.#problems.length === 0 && files.some(({ size }) => size > 0))
      this.#problems.push(`no line of ${this.#options.path} tells yet when a request ended`);
    dated.sort((a, b) => a.first - b.first);
    return dated.map(({ file, first }, i) => ({ file, first, next: dated[i + 1]?.first }));
  }

  /** `inLine`: the offset may lie inside a line, whose rest is no fault. */
  async #readFile(
    file: LogFile,
    offset: number,
    inLine: boolean,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { take, longestLine } = this.#options;
    let maybeCut = inLine;
    let reached = offset;
    try {
      for await (const { line, end } of linesFrom(file, offset, { signal, longest: longestLine })) {
        reached = end;
        take(line, maybeCut);
        maybeCut = false;
      }
    } catch (error) {
      signal?.throwIfAborted();
      this.#problems.push(`${file.path} could only be read in part: ${messageOf(error)}`);
    }
    if (file.packed) return;
    // what rotation has taken away meanwhile is looked for anew
    const begins = await head(file).catch(() => undefined);
    this.#cursor = begins === undefined ? undefined : { inode: file.inode, offset: reached, head: begins };
  }
}
