import { stat } from 'node:fs/promises';
import { UserError } from '@sluice/contract';
import { probe } from '../read/probe.ts';
import type { Results, Task } from '../results/results.ts';
import { eachCsvRow } from '../text/csv.ts';
import { eachJsonLine } from '../text/json-lines.ts';
import { NgramIndex } from './ngram-index.ts';

/** How much of the evaluation lies in the training data. */
export interface Leakage {
  /** Items whose text is known and has n-grams of its own. */
  readonly checked: number;
  /** Items that cannot be checked: their text is not in the files, or it is a template and nothing else. */
  readonly unchecked: number;
  readonly leaked: number;
  /** leaked / checked; NaN when nothing could be checked. */
  readonly share: number;
  /** Texts of some leaked items. */
  readonly examples: readonly string[];
}

export interface LeakageOptions {
  /** Tokens of a sequence that counts as a copy; shorter items must lie in a training text whole. */
  readonly ngram: number;
  /** The share of an item's n-grams that must be found for it to count as leaked. */
  readonly overlap: number;
}

/** 13 tokens as in the GPT-3 paper (Brown et al. 2020, appendix C). */
export const DEFAULT_LEAKAGE: LeakageOptions = { ngram: 13, overlap: 0.5 };

const EXAMPLES = 5;
/** Texts asked for at once: a file that cannot be entered in its middle is read again for each such batch. */
const BATCH = 50_000;

/**
 * Looks for the items of an evaluation in a training file (JSON Lines, a JSON list or CSV; every text in a row counts), normalised: case,
 * punctuation, spaces and compatibility forms do not matter. What many items share (a template, few-shot examples) is no
 * evidence and is left out.
 */
export async function findLeakage(
  results: Results,
  train: string,
  options: LeakageOptions = DEFAULT_LEAKAGE,
): Promise<Leakage> {
  const index = new NgramIndex(options.ngram);
  const labels: string[] = [];
  let untold = 0;
  for (const task of results.tasks) {
    for await (const text of textsOf(results, task)) {
      if (text === undefined) untold++;
      else {
        index.addItem(text);
        labels.push(text);
      }
    }
  }
  index.dropShared();
  let rows = 0;
  await eachExample(train, (row) => {
    rows++;
    for (const text of stringsIn(row)) index.see(text);
  });
  if (rows === 0) throw new UserError(`leakage: ${train} holds no training example`);
  const found = labels.map((_, item) => index.overlap(item));
  const checked = found.filter((share) => share !== null).length;
  const leaked = found.flatMap((share, item) => (share !== null && share >= options.overlap ? [item] : []));
  return {
    checked,
    unchecked: untold + labels.length - checked,
    leaked: leaked.length,
    share: leaked.length / checked,
    examples: leaked.slice(0, EXAMPLES).map((item) => labels[item] as string),
  };
}

/** @throws UserError when the file is not there, or is of no form that is read */
async function eachExample(train: string, onRow: (row: unknown) => void): Promise<void> {
  const there = await stat(train).catch(() => null);
  if (!there?.isFile())
    throw new UserError(
      `leakage: train is '${train}', and there is no such file; give the training data as one file of JSON Lines, a JSON list or CSV`,
    );
  const found = await probe(train);
  if (found.kind === 'csv') {
    await eachCsvRow(train, onRow);
    return;
  }
  if (found.kind === 'json' && Array.isArray(found.value)) return found.value.forEach(onRow);
  await eachJsonLine(train, onRow);
}

async function* textsOf(results: Results, task: Task): AsyncGenerator<string | undefined> {
  const size = task.items?.size ?? 0;
  for (let from = 0; from < size; from += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, size - from) }, (_, i) => from + i);
    for (const text of await results.texts(task, rows))
      yield text && !text.idOnly && text.input !== '' ? text.input : undefined;
  }
}

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const part of value) yield* stringsIn(part);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) yield* stringsIn(part);
}
