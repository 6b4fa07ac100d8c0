import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '@sluice/contract';
import type { ReadOptions } from '../../results/results.ts';
import { buffersOf, partsOfTask, type TaskParts } from '../../results/task-parts.ts';
import { readPlainRows } from './read.ts';
import type { PlainRows } from './results.ts';

/** What a thread is asked: to read a JSON Lines file. */
export interface Question {
  readonly path: string;
  readonly options: Pick<ReadOptions, 'slices' | 'columns'>;
}

/** What it answers. Only a user's mistake is told; of anything else no words would be the same in another thread. */
export type Answer =
  | { readonly kind: 'read'; readonly rows: Omit<PlainRows, 'tasks'>; readonly tasks: readonly TaskParts[] }
  | { readonly kind: 'refused'; readonly message: string };

/** What a reading thread does: answers the question it was started with, and hands its memory over. */
export async function answerInThread(): Promise<void> {
  const answer = await answerTo(workerData as Question);
  parentPort?.postMessage(answer, buffersOf(answer));
}

async function answerTo({ path, options }: Question): Promise<Answer> {
  try {
    const { tasks, ...rows } = await readPlainRows(path, 'jsonl', null, options);
    return { kind: 'read', rows, tasks: tasks.map(partsOfTask) };
  } catch (error) {
    if (error instanceof UserError && error.exitCode === 2)
      return { kind: 'refused', message: error.message };
    throw error;
  }
}
