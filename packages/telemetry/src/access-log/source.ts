import { messageOf } from '@sluice/contract';
import type { MetricSource, Minute } from '../source.ts';
import { firstTime, head, type LogFile, lastTime, linesFrom, logFiles, seek } from './files.ts';
import { type Entry, parseLine } from './line.ts';
import { Tally } from './tally.ts';

export interface AccessLogOptions {
  readonly path: string;
  /** Names of the backends as the log has them. Default: `stable` and `canary`. */
  readonly stable?: string;
  readonly canary?: string;
  /** Only requests of this frontend count. Default: all. */
  readonly frontend?: string;
  /** Milliseconds. Default: one minute. */
  readonly step?: number;
  /** Computes a user's bucket from its cell, so that requests before a rollout are sorted by the rollout's own salt. */
  readonly bucketOf?: (cell: number) => number;
}

/** Lines of threads that ended requests at the same time may be this far out of order, milliseconds. */
const DISORDER = 500;

/**
 * A gateway's JSON access log, read where it is written. Rotated files are read too; what was read once is kept, and a
 * later call goes on at the byte where the last one stopped.
 */
export class AccessLog implements MetricSource {
  readonly name: string;
  readonly step: number;
  readonly #options: AccessLogOptions;
  #tally: Tally;
  /** Everything from here on has been read, up to the cursor; undefined: nothing yet. */
  #covered: number | undefined;
  #cursor: { inode: number; offset: number; head: string } | undefined;
  #lines = 0;
  #garbled = 0;
  #elsewhere = new Map<string, number>();
  #ours = 0;
  #problems: string[] = [];
  #newest: number | undefined;

  constructor(options: AccessLogOptions) {
    this.#options = options;
    this.name = `access log ${options.path}`;
    this.step = options.step ?? 60_000;
    this.#tally = new Tally(this.step);
  }

  async now(signal?: AbortSignal): Promise<Date> {
    const { files } = await logFiles(this.#options.path);
    let newest: number | undefined;
    for (const file of files.toReversed()) {
      signal?.throwIfAborted();
      const time = await lastTime(file, timeOf);
      if (time !== undefined && (newest === undefined || time > newest)) newest = time;
      // a packed or older file cannot hold anything newer than the one being written
      if (newest !== undefined) break;
    }
    // the log is written on this machine: before its first request, this machine's clock is the log's
    return newest === undefined ? new Date() : new Date(newest);
  }

  async window(from: Date, to: Date, signal?: AbortSignal): Promise<Minute[]> {
    const start = Math.ceil(from.getTime() / this.step) * this.step;
    const newest = await this.#readFrom(start, signal);
    if (newest === undefined) return [];
    const over = Math.floor((newest - DISORDER) / this.step) * this.step;
    const end = Math.min(Math.floor(to.getTime() / this.step) * this.step, over);
    return this.#tally.between(start, end);
  }

  notes(): readonly string[] {
    const notes = [...this.#problems];
    if (this.#garbled > 0)
      notes.push(`${this.#garbled} of ${this.#lines} lines are cut off or no JSON and were not counted`);
    if (this.#ours === 0 && this.#elsewhere.size > 0) {
      const { stable = 'stable', canary = 'canary' } = this.#options;
      const others = [...this.#elsewhere.keys()].join(', ');
      notes.push(`no request went to backend ${stable} or ${canary}; the log names ${others}`);
    }
    return notes;
  }

  /** Reads on, or anew where `from` lies before what was read or the file is another one. Returns the newest time. */
  async #readFrom(from: number, signal: AbortSignal | undefined): Promise<number | undefined> {
    const { files, unread } = await logFiles(this.#options.path);
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
      return this.#newest;
    }
    this.#forget(from);
    if (unread.length > 0) this.#problems.push(`not read, because only gzip is: ${unread.join(', ')}`);
    for (const { file, first, next } of await this.#inOrder(files)) {
      if (next !== undefined && next < from - DISORDER) continue;
      const offset = first < from ? await seek(file, from - DISORDER, timeOf) : 0;
      await this.#readFile(file, offset, offset > 0, signal);
    }
    return this.#newest;
  }

  /** Files with a request, oldest first; `next` is the first time of the file after it. */
  async #inOrder(
    files: readonly LogFile[],
  ): Promise<{ file: LogFile; first: number; next: number | undefined }[]> {
    const dated: { file: LogFile; first: number }[] = [];
    for (const file of files) {
      try {
        const first = await firstTime(file, timeOf);
        if (first !== undefined) dated.push({ file, first });
      } catch (error) {
        this.#problems.push(`${file.path} cannot be read: ${messageOf(error)}`);
      }
    }
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
    let maybeCut = inLine;
    let reached = offset;
    try {
      for await (const { line, end } of linesFrom(file, offset, signal)) {
        reached = end;
        const entry = parseLine(line);
        const cut = maybeCut && typeof entry === 'string';
        maybeCut = false;
        if (!cut) this.#count(entry);
      }
    } catch (error) {
      signal?.throwIfAborted();
      this.#problems.push(`${file.path} could only be read in part: ${messageOf(error)}`);
    }
    if (!file.packed) this.#cursor = { inode: file.inode, offset: reached, head: await head(file) };
  }

  #count(entry: Entry | 'foreign' | 'garbled'): void {
    this.#lines++;
    if (entry === 'garbled') this.#garbled++;
    if (typeof entry === 'string') return;
    this.#newest = Math.max(this.#newest ?? 0, entry.time);
    if (entry.time < (this.#covered as number)) return;
    const { frontend, stable = 'stable', canary = 'canary', bucketOf } = this.#options;
    if (frontend !== undefined && entry.frontend !== undefined && entry.frontend !== frontend) return;
    const slot = entry.backend === stable ? 'stable' : entry.backend === canary ? 'canary' : undefined;
    if (!slot) {
      if (this.#elsewhere.size < 5) this.#elsewhere.set(entry.backend, 1);
      return;
    }
    this.#ours++;
    const bucket = bucketOf && entry.cell !== undefined ? bucketOf(entry.cell) : entry.bucket;
    this.#tally.add(entry, slot, bucket);
  }

  #forget(from: number): void {
    this.#tally = new Tally(this.step);
    this.#covered = from;
    this.#cursor = undefined;
    this.#newest = undefined;
    this.#lines = 0;
    this.#garbled = 0;
    this.#ours = 0;
    this.#elsewhere = new Map();
    this.#problems = [];
  }
}

function timeOf(line: string): number | undefined {
  const entry = parseLine(line);
  return typeof entry === 'string' ? undefined : entry.time;
}
