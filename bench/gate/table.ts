import type { Measured } from './measure.ts';

/** The least, the median and the most of several runs. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** Ours beside the other program, run by run. */
export interface Row {
  readonly name: string;
  readonly ours: Figures;
  readonly theirs: Figures;
  /** How many times as fast ours is, wall clock. */
  readonly times: Spread;
  /** Our share of their memory. */
  readonly memory: Spread;
  readonly answers: readonly [Measured['answer'], Measured['answer']];
}

export interface Figures {
  readonly seconds: Spread;
  readonly cpu: Spread;
  readonly memory: Spread;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (i: number): number => sorted[Math.floor(i)] as number;
  const last = sorted.length - 1;
  return { least: at(0), median: (at(last / 2) + at((last + 1) / 2)) / 2, most: at(last) };
}

/** Ratios are taken pair by pair: both ran within the same minute. */
export function compare(name: string, pairs: readonly (readonly [Measured, Measured])[]): Row {
  const figures = (side: 0 | 1): Figures => ({
    seconds: spreadOf(pairs.map((pair) => pair[side].seconds)),
    cpu: spreadOf(pairs.map((pair) => pair[side].cpu)),
    memory: spreadOf(pairs.map((pair) => pair[side].memory)),
  });
  const [first] = pairs as [readonly [Measured, Measured]];
  return {
    name,
    ours: figures(0),
    theirs: figures(1),
    times: spreadOf(pairs.map(([ours, theirs]) => theirs.seconds / ours.seconds)),
    memory: spreadOf(pairs.map(([ours, theirs]) => ours.memory / theirs.memory)),
    answers: [first[0].answer, first[1].answer],
  };
}

const words = ({ least, median, most }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;

/** Markdown: medians, and in brackets the spread. */
export function table(rows: readonly Row[]): string {
  return [
    '| | wall clock, s | processor, s | peak memory, MB |',
    '|---|---|---|---|',
    ...rows.flatMap(({ name, ours, theirs, times, memory }) => [
      ...(
        [
          ['Sluice', ours],
          ['pandas and scipy', theirs],
        ] as const
      ).map(
        ([side, { seconds, cpu, memory: peak }]) =>
          `| ${name}: ${side} | ${words(seconds, 2)} | ${words(cpu, 2)} | ${words(peak, 0)} |`,
      ),
      `| times as fast; share of the memory | ${words(times, 1)} | ${(theirs.cpu.median / ours.cpu.median).toFixed(1)} | ${words(memory, 2)} |`,
    ]),
  ].join('\n');
}
