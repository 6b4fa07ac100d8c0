import { messageOf, ProgramError } from '@sluice/contract';
import { endGroup, forgetGroup, type LaunchOptions, launch } from './group.ts';
import { LineReader, Tail } from './lines.ts';

export interface ConversationOptions extends LaunchOptions {
  /** What it is, as the subject of a sentence, e.g. `The tracking program`. */
  readonly name: string;
  /** Lines on stdout that are no answer, and all of stderr. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** A program that answers requests: one JSON object a line in, one a line out. */
export interface Conversation {
  /**
   * The fields of the answer to `request`. Requests are answered one after the other.
   * @throws ProgramError with the program's last lines when it has ended, or ends before it answers
   */
  ask(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  readonly running: boolean;
  /** Closes its input, waits until it has ended what it had begun, at most `graceMs`, and ends it then. */
  end(graceMs: number): Promise<void>;
}

/** An answer that is cut is none: its request would wait for ever. */
const longestAnswer = 64 * 1024 * 1024;

type Answer = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Starts a program to talk to. A request carries `id`, and so does its answer.
 * @throws UserError when the program or the working folder is not there
 */
export async function converse(argv: readonly string[], options: ConversationOptions): Promise<Conversation> {
  const child = await launch(argv, options, 'pipe');
  const tail = new Tail(40);
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let running = true;
  const said = (line: string) => {
    tail.add(line);
    options.onLine?.(line);
  };
  const answered = (line: string) => {
    const answer = answerIn(line);
    const asked = answer && waiting.get(answer.id as number);
    if (!asked) return said(line);
    waiting.delete(answer.id as number);
    asked.resolve(answer);
  };
  for (const [stream, take] of [
    [child.stdout, answered],
    [child.stderr, said],
  ] as const) {
    const reader = new LineReader(take, longestAnswer);
    stream?.on('data', (bytes: Buffer) => reader.push(bytes));
    stream?.on('end', () => reader.end());
  }
  const gone = () =>
    new ProgramError(`${options.name} has ended. Its last lines:\n${tail.lines.slice(-20).join('\n')}`);
  // after both streams were read to their ends
  const closed = new Promise<void>((resolve) =>
    child.once('close', () => {
      running = false;
      for (const { reject } of waiting.values()) reject(gone());
      waiting.clear();
      forgetGroup(child.pid);
      resolve();
    }),
  );
  // who writes to a program that has ended is told by its end
  child.stdin?.on('error', (error) => said(messageOf(error)));

  return {
    get running() {
      return running;
    },
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (!running) return reject(gone());
        last += 1;
        waiting.set(last, { resolve, reject });
        child.stdin?.write(`${JSON.stringify({ ...request, id: last })}\n`);
      }),
    async end(graceMs) {
      child.stdin?.end();
      const timer = setTimeout(() => void endGroup(child.pid, 2_000), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function answerIn(line: string): Answer | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(line) as Answer;
    return typeof value.id === 'number' ? value : undefined;
  } catch {
    return undefined;
  }
}
