import { createHash } from 'node:crypto';
import { type Digest, digest } from '@sluice/contract';
import { taskBehind } from '../judge-model/judge-metrics.ts';
import { digestOf } from '../results/digest.ts';
import type { Results, Task } from '../results/results.ts';
import type { ReviewedItem } from './ratings/review.ts';

/** Stored results keep so many characters of a text, so no more of an answer tells it from another. */
const KEPT = 1000;
/** Of a larger task so many answers are read: if one in a thousand differs, they hold one with 99 %. */
const MOST_ANSWERS = 5000;
const CHUNK = 512;

/** What an answer is known by: 32 hex digits. */
export function answerDigest(answer: string): string {
  return digestOf(answer.slice(0, KEPT));
}

/**
 * What a model answered: SHA-256 over tasks, all items and their answers, whatever their order, and whatever else was read
 * beside them (slices, scores). Of a large task the answers of the items whose keys come first, which are digests and so as
 * good as random.
 */
export async function answersDigest(results: Results): Promise<Digest> {
  const sha = createHash('sha256');
  // what a judge model was asked is made of other tasks' answers
  const tasks = results.tasks.filter((task) => task.items !== null && taskBehind(task.name) === task.name);
  for (const task of tasks.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    sha.update(`${JSON.stringify(task.name)}\n`);
    const keyed = Array.from({ length: task.items?.size ?? 0 }, (_, row) => ({
      row,
      key: task.items?.keys.key(row) as string,
    })).sort((a, b) => (a.key < b.key ? -1 : 1));
    const read = keyed.slice(0, MOST_ANSWERS);
    const answers = await answersOf(
      results,
      task,
      read.map(({ row }) => row),
    );
    for (const [i, { key }] of keyed.entries()) sha.update(`${key} ${answers[i] ?? '-'}\n`);
  }
  return digest.parse(`sha256:${sha.digest('hex')}`);
}

async function answersOf(
  results: Results,
  task: Task,
  rows: readonly number[],
): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (let from = 0; from < rows.length; from += CHUNK) {
    const texts = await results.texts(task, rows.slice(from, from + CHUNK));
    found.push(...texts.map((text) => text && answerDigest(text.answer)));
  }
  return found;
}

/** Whether the answers to these items are the ones that were rated. */
export async function holdsAnswers(
  results: Results,
  items: readonly ReviewedItem[],
  version: 'candidate' | 'baseline',
): Promise<boolean> {
  for (const item of items) {
    const task = results.tasks.find(({ name }) => name === item.task);
    const row = task?.items?.keys.find(item.key) ?? -1;
    if (!task || row < 0) return false;
    const [answer] = await answersOf(results, task, [row]);
    if (answer !== item.answers[version]) return false;
  }
  return true;
}
