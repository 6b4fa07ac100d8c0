import { type Block, type Cell, formatNumber } from '@sluice/report';
import type { Judgement } from './judge.ts';

/** The variants side by side: the candidate's figure, then each other's with its difference from it. */
export function variantsBlocks({ variants, figures }: Judgement): Block[] {
  if (!variants || variants.others.length === 0) return [];
  const metrics = variants.others[0]?.metrics.map(({ metric }) => metric) ?? [];
  const rows = metrics.map((metric, m): Cell[] => [
    metric,
    figures[metric] ?? '–',
    ...variants.others.flatMap(({ metrics: own }): Cell[] => {
      const { figure, difference, interval, why } = own[m] as (typeof own)[number];
      const said =
        difference === null || !interval
          ? why
          : `${signed(difference)} (${formatNumber(interval.lower)} to ${formatNumber(interval.upper)})`;
      return [figure ?? '–', said];
    }),
  ]);
  return [
    {
      type: 'table',
      columns: [
        'Metric',
        `${variants.candidate} (candidate)`,
        ...variants.others.flatMap(({ name }) => [name, 'against the candidate']),
      ],
      rows,
      note: `The gates decide on ${variants.candidate} alone; the other variants are shown beside it. The intervals hold together at 90 %.`,
    },
  ];
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;
