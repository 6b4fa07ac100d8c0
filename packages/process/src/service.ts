import { endGroup, forgetGroup, type LaunchOptions, launch } from './group.ts';
import { LineReader, Tail } from './lines.ts';

export interface ServiceOptions extends LaunchOptions {
  /** Ends the service when the job is cancelled. */
  readonly signal?: AbortSignal | undefined;
  /** Time between SIGTERM and SIGKILL; default 5000 ms. */
  readonly graceMs?: number | undefined;
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
  /** How many of the last lines are kept; default 40. */
  readonly tailLines?: number | undefined;
}

/** A program that runs in the background until it is stopped. */
export interface Service {
  readonly pid: number;
  /** Settles when the program has ended, by itself or stopped; never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Settles when it has ended and all that it printed was read; never rejects. */
  readonly closed: Promise<void>;
  /** False as soon as the program has ended. */
  readonly running: boolean;
  /** The last lines of both streams, in the order they arrived. */
  tail(): string[];
  /** Ends the whole process group and waits for it; may be called more than once. */
  stop(): Promise<void>;
}

/**
 * Starts a program in the background. It is up to the caller to wait until it answers, and to `stop` it.
 * @throws UserError when the program or the working folder is not there.
 */
export async function start(argv: readonly string[], options: ServiceOptions = {}): Promise<Service> {
  const child = await launch(argv, options, 'ignore');
  const tail = new Tail(options.tailLines ?? 40);
  for (const stream of ['stdout', 'stderr'] as const) {
    const reader = new LineReader((line) => {
      tail.add(line);
      options.onLine?.(line, stream);
    });
    child[stream]?.on('data', (bytes: Buffer) => reader.push(bytes));
    child[stream]?.on('end', () => reader.end());
  }
  let running = true;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.once('exit', (code, signal) => {
      running = false;
      resolve({ code, signal });
    }),
  );
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      await endGroup(child.pid, options.graceMs ?? 5000);
      await exited;
      child.stdout?.destroy();
      child.stderr?.destroy();
      forgetGroup(child.pid);
      options.signal?.removeEventListener('abort', stop);
    })();
    return stopping;
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) await stop();
  return {
    pid: child.pid,
    exited,
    closed,
    get running() {
      return running;
    },
    tail: () => tail.lines,
    stop,
  };
}
