import { createHash } from 'node:crypto';
import { type Digest, digest } from '@sluice/contract';
import { taskBehind } from '../judge-model/judge-metrics.ts';
import { digestOf } from '../results/digest.ts';
import type { Results, Task } from '../results/results.ts';

/** Stored results keep so many characters of a text, so no more of an answer tells it from another. */
const KEPT = 1000;
const CHUNK = 512;

/** What an answer is known by: 32 hex digits. */
export function answerDigest(answer: string): string {
  return digestOf(answer.slice(0, KEPT));
}

/**
 * What a model answered to all items: SHA-256 over tasks, items and answers, whatever their order, and whatever else was
 * read beside them (slices, scores).
 */
export async function answersDigest(results: Results): Promise<Digest> {
  const sha = createHash('sha256');
  // what a judge model was asked is made of other tasks' answers
  const tasks = results.tasks.filter((task) => task.items !== null && taskBehind(task.name) === task.name);
  for (const task of tasks.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    sha.update(`${JSON.stringify(task.name)}\n`);
    for (const line of (await answerLines(results, task)).sort()) sha.update(line);
  }
  return digest.parse(`sha256:${sha.digest('hex')}`);
}

async function answerLines(results: Results, task: Task): Promise<string[]> {
  const size = task.items?.size ?? 0;
  const lines: string[] = [];
  for (let from = 0; from < size; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, size - from) }, (_, i) => from + i);
    const texts = await results.texts(task, rows);
    for (const [i, row] of rows.entries()) {
      const answer = texts[i]?.answer;
      lines.push(`${task.items?.keys.key(row)} ${answer === undefined ? '-' : answerDigest(answer)}\n`);
    }
  }
  return lines;
}
