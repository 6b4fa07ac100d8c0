import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { digestOf } from '../../results/digest.ts';
import type { ItemText } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import type { TaskBuilder } from '../../results/task-builder.ts';
import { eachJsonLine } from '../../text/json-lines.ts';
import { linesAt } from '../../text/lines.ts';
import { Outline } from '../../text/outline.ts';
import { isObject, type JsonObject, parseTolerantJson, toScore, valueAt } from '../../text/tolerant-json.ts';
import { corpusParts } from './corpus-parts.ts';
import { SeenDocuments } from './seen-documents.ts';

const OWN_KEYS = new Set([
  'doc_id', 'doc', 'target', 'arguments', 'resps', 'filtered_resps', 'filter', 'metrics', 'doc_hash', 'prompt_hash',
  'target_hash', 'sample_len', 'task_name', 'fewshot_digest',
]); // biome-ignore format: a list of names

/** Whether a row is one of lm-eval's samples. */
export function isLmEvalRow(row: JsonObject): boolean {
  return 'doc_id' in row && 'resps' in row && ('doc_hash' in row || 'filter' in row);
}

/**
 * Reads `samples_<task>_<time>.jsonl`: one row per (filter, document), filter after filter. A document is known by
 * `doc_hash` and `target_hash`; `doc_id` is its position. Rows of bleu, chrf, ter, perplexity hold parts of a
 * corpus figure instead of a score. Returns the fewest rows that any filter has.
 */
export async function readRows(
  path: string,
  builder: TaskBuilder,
  slices: readonly string[],
): Promise<number> {
  const perFilter = new Map<string, number>();
  const documents = new SeenDocuments();
  const corpus = corpusParts();
  const numbers = new Set<string>();
  const parts = new Set<string>();
  const add = (row: JsonObject, line: number, at: number): void => {
    const item = builder.item({ content: contentOf(row), ...promptOf(row), at });
    const doc = isObject(row.doc) ? row.doc : undefined;
    setSlices(builder.items, item, slices, [doc, row], `${basename(path)} line ${line}`);
    const filter = typeof row.filter === 'string' ? row.filter : 'none';
    if (!documents.first(filter, row.doc_id))
      throw new UserError(
        `${basename(path)} line ${line}: document ${String(row.doc_id)} of filter "${filter}" is there a second time; a run was appended to an older one, so give each its own file`,
      );
    perFilter.set(filter, (perFilter.get(filter) ?? 0) + 1);
    for (const metric of metricsOf(row)) {
      const value = row[metric];
      const score = toScore(value);
      const isPart = Array.isArray(value) || isObject(value);
      if (isPart ? numbers.has(metric) : score !== null && parts.has(metric))
        throw new UserError(
          `${basename(path)} line ${line}: ${metric} is ${isPart ? 'a list or an object here and a number in other rows' : 'a number here and a list or an object in other rows'}`,
        );
      if (isPart) {
        parts.add(metric);
        builder.print(metric, filter, { corpus: true });
        corpus(builder, item, metric, filter, value);
      } else {
        if (score !== null) numbers.add(metric);
        builder.score(item, metric, filter, score);
      }
    }
  };
  const skimmed = new Outline(notNeeded(slices));
  await eachJsonLine(
    path,
    (row, line, at) => {
      if (!isLmEvalRow(row))
        throw new UserError(`${basename(path)} line ${line}: not a row of lm-eval (no doc_id, resps)`);
      add(row, line, at);
    },
    (bytes, from, to, at, line) => {
      const row = rowOf(skimmed.of(bytes, from, to));
      if (!row) return false;
      add(row, line, at);
      return true;
    },
  );
  return Math.min(...perFilter.values());
}

/** What is most of a row, and not needed where its digests are there. */
function notNeeded(slices: readonly string[]): string[] {
  const wanted = slices.map((slice) => slice.split('.')[0]);
  const large = ['arguments', 'resps', 'filtered_resps', ...(slices.length === 0 ? ['doc', 'target'] : [])];
  return large.filter((key) => !wanted.includes(key));
}

/** The row of an outline; null where all of it is to be read. */
function rowOf(outline: string | null): JsonObject | null {
  if (outline === null) return null;
  try {
    const row = parseTolerantJson(outline);
    return isObject(row) && isLmEvalRow(row) && isHash(row.doc_hash) && isHash(row.target_hash) ? row : null;
  } catch {
    return null;
  }
}

function metricsOf(row: JsonObject): string[] {
  if (Array.isArray(row.metrics)) return row.metrics.filter((m) => typeof m === 'string');
  // before 0.4.8 the row did not name its metrics
  return Object.keys(row).filter((key) => !OWN_KEYS.has(key));
}

function contentOf(row: JsonObject): string {
  const doc = row.doc_hash;
  const target = row.target_hash;
  if (isHash(doc) && isHash(target)) return digestOf(doc, target);
  return digestOf(JSON.stringify(row.doc), JSON.stringify(row.target));
}

function promptOf(row: JsonObject): { prompt?: string } {
  return isHash(row.prompt_hash) ? { prompt: row.prompt_hash.slice(0, 32) } : {};
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** The texts of the rows that start at some bytes of the file. */
export async function rowTexts(path: string, at: readonly number[]): Promise<(ItemText | undefined)[]> {
  return (await linesAt(path, at)).map((line) => (line === undefined ? undefined : textsOf(line)));
}

function textsOf(line: string): ItemText | undefined {
  const row = parseTolerantJson(line);
  if (!isObject(row)) return undefined;
  const args = valueAt(row, 'arguments.gen_args_0.arg_0');
  const answer = Array.isArray(row.filtered_resps) ? row.filtered_resps[0] : row.filtered_resps;
  return {
    input: show(Array.isArray(args) ? args[0] : (args ?? row.doc)),
    target: show(row.target),
    answer: show(answer),
  };
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}
