import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Generator, permutation } from '@sluice/statistics';

/** Result files of two versions on the same items, each in the order in which its answers came. */
export interface SampleFiles {
  readonly candidate: string;
  readonly baseline: string;
}

const WORDS =
  'which river flows through the old town before it reaches sea and how long did people take to build bridge over'.split(
    ' ',
  );
const SHARE_RIGHT = 0.7;
const DISCORDANT = 0.1;
const BLOCK = 10_000;
/** Answers that are asked for at once, and so come in any order. */
const AT_ONCE = 64;

/**
 * Writes two JSON Lines files of `items` rows each (id, input, target, output, accuracy), some 300 bytes a row, as
 * programs that log predictions do.
 */
export async function writeSamples(folder: string, items: number, seed: number): Promise<SampleFiles> {
  const files = { candidate: join(folder, 'candidate.jsonl'), baseline: join(folder, 'baseline.jsonl') };
  for (const [k, side] of (['candidate', 'baseline'] as const).entries()) {
    const order = arrivals(items, Generator.fromSeed(seed + k));
    await writeRows(files[side], items, (i) => rowOf(order[i] as number, seed, side));
  }
  return files;
}

/** The items in the order of their answers: shuffled within the window of what is asked at once. */
function arrivals(items: number, random: Generator): Int32Array {
  const order = new Int32Array(items);
  for (let from = 0; from < items; from += AT_ONCE) {
    const window = permutation(random, Math.min(AT_ONCE, items - from));
    for (let i = 0; i < window.length; i++) order[from + i] = from + (window[i] as number);
  }
  return order;
}

async function writeRows(path: string, items: number, row: (i: number) => object): Promise<void> {
  const blocks = function* () {
    for (let from = 0; from < items; from += BLOCK) {
      const rows = Array.from({ length: Math.min(BLOCK, items - from) }, (_, i) => row(from + i));
      yield `${rows.map((r) => JSON.stringify(r)).join('\n')}\n`;
    }
  };
  await pipeline(Readable.from(blocks()), createWriteStream(path));
}

/** Row `i` is drawn from a generator of its own, so that it is the same whatever the order. */
function rowOf(i: number, seed: number, side: keyof SampleFiles): object {
  const random = Generator.fromSeed(seed * 2 ** 24 + i);
  const both = random.uniform() < SHARE_RIGHT;
  const differs = random.uniform() < DISCORDANT;
  const candidateWins = random.uniform() < 0.5;
  const words = (count: number): string =>
    Array.from({ length: count }, () => WORDS[Math.floor(random.uniform() * WORDS.length)] as string).join(
      ' ',
    );
  const input = `Question ${i}: ${words(12)}?`;
  const target = words(2);
  const right = differs ? candidateWins === (side === 'candidate') : both;
  const output = `${words(20)}: ${right ? target : words(2)}`;
  return { id: `item-${i}`, input, target, output, accuracy: Number(right) };
}
