import { UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { CORPUS_STATISTICS, type CorpusKind } from '../scorers/corpus-statistics.ts';
import { isObject, type JsonObject } from '../text/tolerant-json.ts';
import type { CorpusPart } from './corpus-column.ts';
import type { Results, Series, Task } from './results.ts';

/** The first line of results in normal form. */
export type Header = Omit<Results, 'tasks' | 'texts' | 'source'> & {
  readonly sluice: string;
  readonly tasks: readonly (Omit<Task, 'items' | 'series'> & {
    readonly hasItems: boolean;
    readonly prompts: string | null;
    readonly series: readonly (Omit<Series, 'scores' | 'corpus'> & {
      readonly scored: boolean;
      readonly corpus: CorpusKind | null;
    })[];
  })[];
};

/** A line of an item. */
export interface ItemLine {
  readonly key: string;
  readonly content?: string | null;
  readonly slices?: Record<string, string>;
  readonly v: readonly (number | null)[];
  readonly n?: readonly number[];
  readonly var?: readonly number[];
  readonly c?: readonly (CorpusPart | null)[];
  readonly text?: readonly [string, string, string];
}

const HEX = /^[0-9a-f]{32}$/;
const count = z.number().check(z.gte(0));
const optionalText = z.nullable(z.string());
const figure = z.nullable(z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])]));

const header = z.looseObject({
  format: z.string(),
  evaluator: z.looseObject({ name: z.string(), version: optionalText }),
  model: optionalText,
  notes: z.array(z.string()),
  tasks: z.array(
    z.looseObject({
      name: z.string(),
      settings: z.looseObject({}),
      incomplete: count,
      errored: count,
      hasItems: z.boolean(),
      prompts: z.nullable(z.string().check(z.regex(HEX))),
      series: z.array(
        z.looseObject({
          task: z.string(),
          metric: z.string(),
          filter: optionalText,
          aggregate: figure,
          scored: z.boolean(),
          corpus: z.nullable(z.enum(Object.keys(CORPUS_STATISTICS) as CorpusKind[])),
        }),
      ),
    }),
  ),
});

/** @throws UserError when the first line is damaged, or was not written by `writeNormalForm` */
export function headerOf(row: JsonObject, path: string): Header {
  const { error } = header.safeParse(row);
  const at = error?.issues[0]?.path.join('.');
  if (at !== undefined) throw new UserError(`${path} line 1: '${at}' is not as it was written`);
  return row as unknown as Header;
}

/** @throws UserError when the line is damaged, or was not written by `writeNormalForm` */
export function itemOf(row: JsonObject, path: string, line: number): ItemLine {
  const { key, content, slices, v, n, var: variances, c, text } = row;
  const whole =
    isHex(key) &&
    (content === undefined || content === null || isHex(content)) &&
    isListOf(v, (value) => value === null || Number.isFinite(value)) &&
    (n === undefined || isListOf(n, (value) => Number.isInteger(value) && (value as number) >= 0)) &&
    (variances === undefined || isListOf(variances, (value) => Number.isFinite(value))) &&
    (c === undefined || isListOf(c, (part) => part === null || Array.isArray(part))) &&
    (slices === undefined || (isObject(slices) && Object.values(slices).every(isText))) &&
    (text === undefined || (isListOf(text, isText) && (text as unknown[]).length === 3));
  if (!whole) throw new UserError(`${path} line ${line}: the item is not as it was written`);
  return row as unknown as ItemLine;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isHex = (value: unknown): boolean => typeof value === 'string' && HEX.test(value);
const isListOf = (value: unknown, fits: (entry: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(fits);
