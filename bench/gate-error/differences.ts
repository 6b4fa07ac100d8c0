import { choosePaired, type Test } from '@sluice/evaluation';
import {
  drawBinomial,
  type Generator,
  mcnemarExact,
  type PairedCounts,
  tangoStatistic,
} from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides } from './decision.ts';
import { type Experiment, remembered } from './experiment.ts';

const OPTIONS = { alpha: ALPHA, test: 'auto', family: 1 } as const;
const keyOf = ({ gains, losses }: PairedCounts): string => `${gains}/${losses}`;

function drawn(items: number, discordance: number, difference: number) {
  const gain = (discordance + difference) / 2;
  const loss = (discordance - difference) / 2;
  return (random: Generator): PairedCounts => {
    const losses = drawBinomial(random, items, loss);
    return { items, losses, gains: drawBinomial(random, items - losses, gain / (1 - loss)) };
  };
}

/** The gates' own choice of a test, from the scores. */
function testOf({ items, gains, losses }: PairedCounts): Test {
  const candidate = Float64Array.from({ length: items }, (_, i) => Number(i < gains));
  const baseline = Float64Array.from({ length: items }, (_, i) => Number(i >= gains && i < gains + losses));
  const test = choosePaired({ candidate, baseline, binary: true, clusters: null }, OPTIONS);
  if (test.kind === 'undecided') throw new Error(test.message);
  return test;
}

const better = (pBetter: number, pWorse: number): Decision => decideBySides(pBetter, pWorse, ALPHA);

function superiority(items: number, discordance: number, gain: number): Experiment<PairedCounts> {
  return {
    cell: `better than baseline, n ${items}, discordant ${discordance} (good: ${gain} better)`,
    atMargin: drawn(items, discordance, 0),
    unchanged: drawn(items, discordance, gain),
    rules: [
      {
        name: 'Sluice: exact McNemar, one side',
        decide: remembered(keyOf, (counts) => {
          const test = testOf(counts);
          return better(test.above(0), test.below(0));
        }),
      },
      {
        name: "MLflow 3.18 assert_improved's rule (McNemar, two sides at 5 %), re-implemented",
        decide: remembered(keyOf, (counts) => {
          const { gains, losses } = counts;
          // at 25 discordant pairs and more the chi-square with its correction: z = (|b - c| - 1) / √(b + c)
          const shown =
            gains + losses < 25
              ? mcnemarExact(counts) < 0.05
              : (Math.abs(gains - losses) - 1) / Math.sqrt(gains + losses) > 1.959963985;
          return shown && gains > losses ? 'approve' : 'reject';
        }),
      },
      {
        name: "multivon-eval 0.20's --fail-on-regression (any item that got worse), re-implemented",
        decide: ({ losses }) => (losses > 0 ? 'reject' : 'approve'),
      },
      { name: 'compare two means', decide: ({ gains, losses }) => (gains > losses ? 'approve' : 'reject') },
    ],
  };
}

function equivalence(items: number, discordance: number, margin: number): Experiment<PairedCounts> {
  return {
    cell: `equivalent within ${margin}, n ${items}, discordant ${discordance}`,
    atMargin: drawn(items, discordance, -margin),
    unchanged: drawn(items, discordance, 0),
    rules: [
      {
        name: 'Sluice: two one-sided exact tails',
        decide: remembered(keyOf, (counts) => {
          const test = testOf(counts);
          const inside = Math.max(test.above(-margin), test.below(margin));
          const outside = Math.min(1, 2 * Math.min(test.below(-margin), test.above(margin)));
          return decideBySides(inside, outside, ALPHA);
        }),
      },
      {
        name: 'two one-sided scores, asymptotic',
        decide: (counts) => {
          const inside = Math.min(tangoStatistic(counts, -margin), -tangoStatistic(counts, margin));
          return inside >= 1.644853627 ? 'approve' : 'undecided';
        },
      },
      {
        name: 'no significant difference (McNemar)',
        decide: remembered(keyOf, (counts) => (mcnemarExact(counts) < 0.05 ? 'reject' : 'approve')),
      },
    ],
  };
}

/** Gates that ask for better, and for the same. */
export const DIFFERENCES: readonly Experiment<PairedCounts>[] = [
  superiority(50, 0.1, 0.08),
  superiority(200, 0.1, 0.05),
  superiority(1000, 0.2, 0.04),
  equivalence(100, 0.1, 0.1),
  equivalence(500, 0.1, 0.05),
];
