import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { UserError } from '@sluice/contract';
import type { ReadOptions, Results } from '../../results/results.ts';
import { taskOfParts } from '../../results/task-parts.ts';
import { readPlain } from './read.ts';
import type { Answer, Question } from './reading.ts';
import { plainResults } from './results.ts';

/** From so many bytes on a file takes longer to read than a thread to start. */
const LARGE = 32 * 2 ** 20;

/** Whether this thread is reading a large file. */
let busy = false;

/**
 * Reads a JSON Lines file. While this thread reads one large file, another is read in a thread of its own, where the machine has
 * a processor for it; outcome and errors are the same.
 */
export async function readJsonLines(
  path: string,
  options: ReadOptions = {},
  { large = LARGE, processors = availableParallelism() } = {},
): Promise<Results> {
  // what cuts words for scores is in this thread
  const alone = processors < 2 || (options.predictions ?? []).length > 0;
  if (alone || (await stat(path)).size < large) return readPlain(path, 'jsonl', options);
  if (busy) return (await readInThread(path, options)) ?? readPlain(path, 'jsonl', options);
  busy = true;
  try {
    return await readPlain(path, 'jsonl', options);
  } finally {
    busy = false;
  }
}

/**
 * Reads a JSON Lines file in a new thread. Null where it could not be read there (no thread could be started, the file is gone):
 * who reads it in his own thread sees why.
 * @throws UserError as readPlain
 * @param entry the module that the thread runs
 */
export async function readInThread(
  path: string,
  { slices, columns }: ReadOptions = {},
  entry: URL = entryBeside(import.meta.url),
): Promise<Results | null> {
  const question: Question = {
    path,
    options: { ...(slices ? { slices } : {}), ...(columns ? { columns } : {}) },
  };
  const answer = await ask(entry, question).catch(() => null);
  if (answer?.kind === 'refused') throw new UserError(answer.message);
  if (answer?.kind !== 'read') return null;
  return plainResults({ ...answer.rows, tasks: answer.tasks.map(taskOfParts) }, null);
}

/** In the sources and in what is built of them, the entry lies beside this module and is of its kind. */
function entryBeside(here: string): URL {
  return new URL(`./reading-thread${extname(here)}`, here);
}

async function ask(entry: URL, question: Question): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const worker = new Worker(entry, { workerData: question });
  worker.once('message', resolve);
  worker.once('messageerror', reject);
  worker.once('error', reject);
  worker.once('exit', (code) => reject(new Error(`the thread ended with ${code} and no answer`)));
  return promise;
}
