import { setTimeout as delay } from 'node:timers/promises';
import { endGroup, forgetGroup, type LaunchOptions, launch } from './group.ts';
import { Head, LineReader, Tail } from './lines.ts';

export interface RunOptions extends LaunchOptions {
  /** The program is ended when it has run this long; default: no limit. */
  readonly timeoutMs?: number | undefined;
  /** Ends the program when the job is cancelled. */
  readonly signal?: AbortSignal | undefined;
  /** Time between SIGTERM and SIGKILL; default 5000 ms. */
  readonly graceMs?: number | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  /** Called for each line as it arrives. */
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
  /** How many of the last lines, of both streams in the order they arrived, are kept; default 40. */
  readonly tailLines?: number | undefined;
  /** Whether `stdout` and `stderr` are kept as text; default true. */
  readonly capture?: boolean | undefined;
  /** The most that is kept of each stream, in bytes; default 16 MiB. */
  readonly captureLimit?: number | undefined;
}

export interface RunResult {
  /** The exit status; null when a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** The beginning of each stream, up to the limit; `truncated` says that there was more. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  /** The last lines, without their line ends. */
  readonly tail: string[];
  readonly durationMs: number;
}

/** After the program itself has ended, what it left behind may hold the streams this long. */
const lingerMs = 2000;

/**
 * Runs a program to its end. A non-zero status is a result, not an exception.
 * On a time-out and on cancel the whole process group gets SIGTERM, then SIGKILL.
 * @throws UserError when the program or the working folder is not there.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const began = performance.now();
  const tail = new Tail(options.tailLines ?? 40);
  const limit = options.capture === false ? 0 : (options.captureLimit ?? 16 * 1024 * 1024);
  const heads = { stdout: new Head(limit), stderr: new Head(limit) };
  const result = (
    code: number | null,
    signal: NodeJS.Signals | null,
    why?: 'timeout' | 'cancel',
  ): RunResult => ({
    code,
    signal,
    timedOut: why === 'timeout',
    cancelled: why === 'cancel',
    stdout: heads.stdout.text,
    stderr: heads.stderr.text,
    truncated: limit > 0 && (heads.stdout.truncated || heads.stderr.truncated),
    tail: tail.lines,
    durationMs: performance.now() - began,
  });
  if (options.signal?.aborted) return result(null, null, 'cancel');

  const child = await launch(argv, options, options.stdin === undefined ? 'ignore' : 'pipe');
  for (const stream of ['stdout', 'stderr'] as const) {
    const reader = new LineReader((line) => {
      tail.add(line);
      options.onLine?.(line, stream);
    });
    child[stream]?.on('data', (bytes: Buffer) => {
      heads[stream].push(bytes);
      reader.push(bytes);
    });
    child[stream]?.on('end', () => reader.end());
  }
  // a program that ends before it has read its input is judged by its status, not by the broken pipe
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.stdin);

  let why: 'timeout' | 'cancel' | undefined;
  let ending: Promise<void> | undefined;
  const end = (reason: 'timeout' | 'cancel') => {
    if (ending) return;
    why = reason;
    ending = endGroup(child.pid, options.graceMs ?? 5000);
  };
  const timer =
    options.timeoutMs === undefined ? undefined : setTimeout(() => end('timeout'), options.timeoutMs);
  const onAbort = () => end('cancel');
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
      child.once('exit', (...status) => resolve(status)),
    );
    clearTimeout(timer);
    if (!(await Promise.race([closed.then(() => true), delay(lingerMs, false, { ref: false })]))) {
      await (ending ?? endGroup(child.pid, options.graceMs ?? 5000));
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
    await ending;
    return result(code, signal, why);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
    forgetGroup(child.pid);
  }
}
