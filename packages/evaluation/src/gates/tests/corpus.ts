import { bootstrapStatistic, Generator } from '@sluice/statistics';
import type { CorpusColumn } from '../../results/corpus-column.ts';
import { BOOTSTRAP } from './bootstrap.ts';
import { bootstrapCells, cellsOf } from './cells.ts';
import { bootstrapTest } from './means.ts';
import type { TestOptions, TestResult } from './test.ts';

/** A corpus figure of one side: BCa bootstrap over its items. */
export function corpusTest(column: CorpusColumn, rows: ArrayLike<number>, options: TestOptions): TestResult {
  const data = gathered([column], [rows]);
  return test(data, column.width, column.statistic, 'corpus figure, BCa bootstrap of items', options);
}

/** The difference of two corpus figures on the same items: both sides are resampled together. */
export function corpusDifference(
  candidate: CorpusColumn,
  baseline: CorpusColumn,
  pairs: { readonly candidate: ArrayLike<number>; readonly baseline: ArrayLike<number> },
  options: TestOptions,
): TestResult {
  const { width, statistic } = candidate;
  const data = gathered([candidate, baseline], [pairs.candidate, pairs.baseline]);
  const difference = (sums: Float64Array): number =>
    statistic(sums.subarray(0, width)) - statistic(sums.subarray(width));
  return test(
    data,
    2 * width,
    difference,
    'difference of corpus figures, paired BCa bootstrap of items',
    options,
  );
}

/** The figure of some rows. */
export function figureOf(column: CorpusColumn, rows: ArrayLike<number>): number {
  return column.statistic(sumsOf(gathered([column], [rows]), column.width));
}

function sumsOf(data: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (const [i, value] of data.entries()) sums[i % width] = (sums[i % width] as number) + value;
  return sums;
}

function gathered(columns: readonly CorpusColumn[], rows: readonly ArrayLike<number>[]): Float64Array {
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const data = new Float64Array(width * (rows[0]?.length ?? 0));
  let offset = 0;
  for (const [c, column] of columns.entries()) {
    const mine = rows[c] ?? [];
    for (let i = 0; i < mine.length; i++) data.set(column.at(mine[i] as number), i * width + offset);
    offset += column.width;
  }
  return data;
}

function test(
  data: Float64Array,
  width: number,
  statistic: (sums: Float64Array) => number,
  name: string,
  options: TestOptions,
): TestResult {
  const sums = sumsOf(data, width);
  const cells = cellsOf(data, width);
  const at = cells
    ? bootstrapCells(cells, width, statistic, BOOTSTRAP)
    : (confidence: number) =>
        bootstrapStatistic(data, width, statistic, {
          confidence,
          resamples: BOOTSTRAP.resamples,
          random: Generator.fromSeed(BOOTSTRAP.seed),
        });
  return bootstrapTest({ estimate: statistic(sums), itemVariance: Number.NaN }, at, name, options);
}
