import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Digest, digest, UserError } from '@sluice/contract';
import { eachJsonLine } from '../text/json-lines.ts';
import { eachLine } from '../text/lines.ts';
import type { JsonObject } from '../text/tolerant-json.ts';
import { Items } from './items.ts';
import { corpusColumn } from './new-corpus-column.ts';
import { type Header, headerOf, type ItemLine, itemOf } from './normal-form-lines.ts';
import type { ItemText, Results, Task } from './results.ts';
import { ScoreColumn } from './score-column.ts';

/** The first line's `sluice`: another number when a reader of this one could not read it. */
const SCHEMA = 'results/2';
/** Texts are kept for data sets up to this size, cut at `TEXT_LENGTH` characters each. */
const TEXT_ITEMS = 20_000;
const TEXT_LENGTH = 1000;

/** Whether the first row of a JSON Lines file is the head of results in normal form. */
export function isNormalForm(row: JsonObject): boolean {
  return typeof row.sluice === 'string' && row.sluice.startsWith('results/');
}

/**
 * Writes results as gzipped JSON Lines: a head, then one line an item of each task. Where they were read from is not in
 * it, so equal results give equal bytes. Returns the SHA-256 of the lines before they are compressed.
 */
export async function writeNormalForm(results: Results, path: string): Promise<Digest> {
  const sha = createHash('sha256');
  const lines = async function* () {
    for await (const part of linesOf(results)) {
      sha.update(part);
      yield part;
    }
  };
  // most of a large file is digests, of which more effort would save little
  await pipeline(
    Readable.from(lines()),
    createGzip({ level: 1, chunkSize: 2 ** 18 }),
    createWriteStream(path),
  );
  return digest.parse(`sha256:${sha.digest('hex')}`);
}

async function* linesOf(results: Results): AsyncGenerator<string> {
  const { texts, tasks, source: _, ...head } = results;
  const header: Header = {
    sluice: SCHEMA,
    ...head,
    tasks: tasks.map(({ items, series, ...task }) => ({
      ...task,
      hasItems: items !== null,
      prompts: items?.promptsDigest() ?? null,
      series: series.map(({ scores, corpus, ...rest }) => ({
        ...rest,
        scored: scores !== null,
        corpus: corpus?.kind ?? null,
      })),
    })),
  };
  yield `${JSON.stringify(header, (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v))}\n`;
  for (const [t, task] of tasks.entries()) {
    const items = task.items;
    if (!items) continue;
    const lineOf = itemLines(t, task, items);
    const withTexts = items.size <= TEXT_ITEMS;
    const block = withTexts ? 512 : 8192;
    for (let from = 0; from < items.size; from += block) {
      const rows = Array.from({ length: Math.min(block, items.size - from) }, (_, i) => from + i);
      const said = withTexts ? await texts(task, rows) : [];
      yield rows.map((row, i) => `${JSON.stringify(lineOf(row, said[i]))}\n`).join('');
    }
  }
}

/** Makes the line of a row of a task. */
function itemLines(t: number, task: Task, items: Items): (row: number, text?: ItemText) => JsonObject {
  const scored = task.series.flatMap(({ scores }) => scores ?? []);
  const corpora = task.series.flatMap(({ corpus }) => corpus ?? []);
  const slices = [...items.slices];
  const cut = (s: string): string => (s.length > TEXT_LENGTH ? `${s.slice(0, TEXT_LENGTH)}…` : s);
  return (row, text) => {
    const key = items.keys.key(row);
    const content = items.content(row);
    return {
      t,
      key,
      ...(content === key ? {} : { content }),
      ...(slices.length > 0
        ? {
            slices: Object.fromEntries(
              slices.map(([name, column]) => [name, column.labels[column.code(row)]]),
            ),
          }
        : {}),
      v: scored.map((scores) => (scores.count(row) === 0 ? null : scores.mean(row))),
      ...(scored.some((scores) => scores.count(row) > 1)
        ? {
            n: scored.map((scores) => scores.count(row)),
            var: scored.map((s) => (s.count(row) > 1 ? s.variance(row) : 0)),
          }
        : {}),
      ...(corpora.length > 0
        ? {
            c: corpora.map((column) =>
              column.has(row) ? Array.from<string | number>(column.part(row)) : null,
            ),
          }
        : {}),
      ...(text ? { text: [cut(text.input), cut(text.target), cut(text.answer)] } : {}),
    };
  };
}

/**
 * Reads what `writeNormalForm` wrote.
 *
 * @param expected the digest that it returned
 * @throws UserError when the lines have another digest, or are not as they were written
 */
export async function readNormalForm(path: string, expected?: Digest): Promise<Results> {
  if (expected !== undefined) await checkDigest(path, expected);
  let header: Header | null = null;
  let tasks: Task[] = [];
  const texts = new Map<Task, (ItemText | undefined)[]>();
  await eachJsonLine(path, (row, line) => {
    if (!header) {
      if (row.sluice !== SCHEMA)
        throw new UserError(
          `${path}: ${JSON.stringify(row.sluice)} is not a form of results that this version reads (${SCHEMA})`,
        );
      header = headerOf(row, path);
      tasks = header.tasks.map(emptyTask);
      return;
    }
    const task = tasks[row.t as number];
    if (!task?.items)
      throw new UserError(`${path} line ${line}: an item of a task that the head does not name`);
    const item = itemOf(row, path, line);
    const before = task.items.size;
    restoreItem(task, task.items, item);
    if (task.items.size === before)
      throw new UserError(`${path} line ${line}: the item is there a second time`);
    if (item.text) {
      const [input, target, answer] = item.text;
      const list = texts.get(task) ?? [];
      list[task.items.size - 1] = { input, target, answer };
      texts.set(task, list);
    }
  });
  if (!header) throw new UserError(`${path} is empty`);
  const { sluice: _, tasks: heads, ...rest } = header as Header;
  for (const [i, head] of heads.entries())
    if (head.prompts !== null) tasks[i]?.items?.restorePrompts(head.prompts);
  return {
    ...rest,
    source: path,
    tasks,
    texts: async (task, rows) => rows.map((row) => texts.get(task)?.[row]),
  };
}

async function checkDigest(path: string, expected: Digest): Promise<void> {
  const sha = createHash('sha256');
  await eachLine(path, (text) => sha.update(text).update('\n'));
  const found = `sha256:${sha.digest('hex')}`;
  if (found !== expected) throw new UserError(`${path} holds ${found}, not ${expected}: it was changed`);
}

function emptyTask({ hasItems, prompts: _, series, ...task }: Header['tasks'][number]): Task {
  return {
    ...task,
    items: hasItems ? new Items() : null,
    series: series.map(({ scored, corpus, ...rest }) => ({
      ...rest,
      aggregate: rest.aggregate === null ? null : Number(rest.aggregate),
      scores: scored ? new ScoreColumn() : null,
      corpus: corpus ? corpusColumn(corpus) : null,
    })),
  };
}

function restoreItem(task: Task, items: Items, line: ItemLine): void {
  const row = items.restore(line.key, line.content === undefined ? line.key : line.content);
  for (const [name, label] of Object.entries(line.slices ?? {})) items.setSlice(row, name, label);
  const scored = task.series.filter((series) => series.scores !== null);
  for (const [i, { scores }] of scored.entries()) {
    const mean = line.v[i] ?? null;
    if (mean !== null) (scores as ScoreColumn).restore(row, mean, line.n?.[i] ?? 1, line.var?.[i] ?? 0);
  }
  const corpora = task.series.flatMap(({ corpus }) => corpus ?? []);
  for (const [i, counts] of (line.c ?? []).entries()) if (counts) corpora[i]?.set(row, counts);
}
