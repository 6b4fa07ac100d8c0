import type { Test } from '@sluice/evaluation';
import { drawBinomial, Generator, mcnemarExact, type PairedCounts, tangoStatistic } from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides, type Runs } from './decision.ts';
import { type Experiment, remembered } from './experiment.ts';
import { gateTest, pairedScores } from './gate-choice.ts';
import type { PairedSharesRule } from './paired-shares.ts';

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
function testOf(counts: PairedCounts): Test {
  const test = gateTest(pairedScores(counts));
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

/** Gates that ask for better. */
export const SUPERIORITY: readonly Experiment<PairedCounts>[] = [
  superiority(50, 0.1, 0.08),
  superiority(200, 0.1, 0.05),
  superiority(1000, 0.2, 0.04),
];

/** Gates that ask for the same. */
export const EQUIVALENCE: readonly Experiment<PairedCounts>[] = [
  equivalence(100, 0.1, 0.1),
  equivalence(500, 0.1, 0.05),
];

/** The experiment with published gates beside ours: what they are asked is drawn from the same seed beforehand, in one go. */
export async function withPeers(
  experiment: Experiment<PairedCounts>,
  peers: readonly PairedSharesRule[],
  { runs, seed }: Runs,
): Promise<Experiment<PairedCounts>> {
  const random = Generator.fromSeed(seed);
  const distinct = new Map<string, PairedCounts>();
  for (let run = 0; run < runs; run++) {
    for (const draw of [experiment.atMargin, experiment.unchanged]) {
      const counts = draw(random);
      distinct.set(keyOf(counts), counts);
    }
  }
  const outcomes = [...distinct.values()].map((counts) => ({ ...counts, bothRight: agreed(counts) }));
  const items = outcomes[0]?.items ?? 0;
  const cell = { items, margin: 0, discordance: 0, accuracy: ACCURACY };
  const rules = [...experiment.rules];
  for (const { name, decide } of peers.filter(({ largest = items }) => items <= largest)) {
    const decisions = await decide(outcomes, cell);
    const known = new Map([...distinct.keys()].map((key, i) => [key, decisions[i] as Decision]));
    rules.push({ name, decide: (counts) => known.get(keyOf(counts)) as Decision });
  }
  return { ...experiment, rules };
}

/** Share of right answers among the pairs that agree. */
const ACCURACY = 0.8;

function agreed({ items, gains, losses }: PairedCounts): number {
  return Math.round(ACCURACY * (items - gains - losses));
}
