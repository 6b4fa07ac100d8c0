import type { ChangedItem } from '@sluice/evaluation';
import { type Block, type ComparedSide, formatNumber } from '@sluice/report';
import type { Judgement } from '../judge.ts';
import { metricName } from './words.ts';

/** Longest text that is shown of an input, a target or an answer, in characters. */
const SHOWN = 1500;

/** The items that changed most, both answers side by side. */
export function changedItems({ changed: found, report }: Judgement): Block[] {
  if (!found) return [];
  // a margin lies below zero where higher figures are better, above it where lower ones are
  const bound = report.gates.find(
    (g) => g.metric.endsWith(found.metric) && g.baseline !== null && g.threshold !== 0,
  );
  const better = bound === undefined ? 0 : -Math.sign(bound.threshold);
  return [
    {
      type: 'details',
      summary: `The ${found.items.length} items whose ${metricName(found.metric)} changed most`,
      blocks: [
        {
          type: 'compare',
          before: 'Baseline',
          after: 'Candidate',
          items: found.items.map((item) => {
            const { before, after } = sides(item, better);
            return {
              about: [
                ['Input', cut(item.input)],
                ['Target', cut(item.target)],
              ],
              before,
              after,
            };
          }),
        },
      ],
    },
  ];
}

/** The better side is green, the worse one red, where it is known which is which. */
function sides(item: ChangedItem, better: number): { before: ComparedSide; after: ComparedSide } {
  const won = better * (item.candidateScore - item.baselineScore);
  const side = (text: string, score: number, good: boolean): ComparedSide => ({
    text: cut(text),
    note: formatNumber(score),
    ...(won === 0 ? {} : { state: good ? 'pass' : 'fail' }),
  });
  return {
    before: side(item.baselineAnswer, item.baselineScore, won < 0),
    after: side(item.candidateAnswer, item.candidateScore, won > 0),
  };
}

const cut = (text: string): string => {
  const characters = [...text];
  return characters.length > SHOWN ? `${characters.slice(0, SHOWN).join('')}…` : text;
};
