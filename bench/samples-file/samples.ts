import { hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Generator } from '@sluice/statistics';

/** What a few-shot prompt is filled up with. */
const SHOTS =
  'Question: Tom has nine apples and eats two of them. How many are left? Answer: He has seven. '.repeat(64);
const SHARE_RIGHT = 0.7;
const BLOCK = 5000;

/**
 * Writes what lm-eval logs of a task with a few-shot prompt, `samples_sums_<time>.jsonl` in a folder of its own: rows of `rowBytes` bytes, most of
 * each its prompt. Two files of as many items have the same items.
 */
export async function writeSamplesFile(
  folder: string,
  { items, rowBytes, seed }: { readonly items: number; readonly rowBytes: number; readonly seed: number },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `samples_sums_2026-01-0${seed}T00-00-00.000000.jsonl`);
  const random = Generator.fromSeed(seed);
  const blocks = function* () {
    for (let from = 0; from < items; from += BLOCK) {
      const rows = Array.from({ length: Math.min(BLOCK, items - from) }, (_, i) =>
        rowOf(from + i, random.uniform() < SHARE_RIGHT, rowBytes),
      );
      yield `${rows.join('\n')}\n`;
    }
  };
  await pipeline(Readable.from(blocks()), createWriteStream(path));
  return path;
}

function rowOf(i: number, right: boolean, bytes: number): string {
  const question = `What is ${i} plus ${7 * i}?`;
  const target = String(8 * i);
  const answer = right ? target : String(i);
  const row = (prompt: string): string =>
    JSON.stringify({
      doc_id: i,
      doc: { question, answer: target },
      target,
      arguments: { gen_args_0: { arg_0: prompt, arg_1: { until: ['\n'], max_gen_toks: 16 } } },
      resps: [[`It is ${answer}.`]],
      filtered_resps: [answer],
      filter: 'none',
      metrics: ['exact_match'],
      doc_hash: hash('sha256', `doc ${i}`),
      prompt_hash: hash('sha256', `prompt ${i}`),
      target_hash: hash('sha256', target),
      exact_match: Number(right),
    });
  const short = row(question).length + 2; // a space before the question, and the newline
  return row(`${SHOTS.slice(0, Math.max(0, bytes - short))} ${question}`);
}
