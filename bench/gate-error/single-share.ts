import { chooseSingle } from '@sluice/evaluation';
import { drawBinomial, type Generator, normalQuantile, wilsonInterval } from '@sluice/statistics';
import { ALPHA, decideBySides } from './decision.ts';
import { type Experiment, remembered } from './experiment.ts';
import { GATE } from './gate-choice.ts';

interface ShareCell {
  readonly items: number;
  /** The gate: `at-most: limit, proven: true`. */
  readonly limit: number;
  /** The share of a candidate that should be approved. */
  readonly good: number;
}

const Z = -normalQuantile(ALPHA);

function experimentOf({ items, limit, good }: ShareCell): Experiment<number> {
  const drawn =
    (share: number) =>
    (random: Generator): number =>
      drawBinomial(random, items, share);
  return {
    cell: `share at most ${limit}, proven, n ${items} (good: ${good})`,
    atMargin: drawn(limit),
    unchanged: drawn(good),
    rules: [
      {
        name: 'Sluice: exact binomial',
        decide: remembered(String, (events) => {
          const values = Float64Array.from({ length: items }, (_, i) => Number(i < events));
          const test = chooseSingle(values, true, null, GATE);
          if (test.kind === 'undecided') return 'undecided';
          return decideBySides(test.below(limit), test.above(limit), ALPHA);
        }),
      },
      {
        name: "Wilson's bound",
        decide: (events) => {
          const { lower, upper } = wilsonInterval(events, items, 1 - 2 * ALPHA);
          return upper <= limit ? 'approve' : lower > limit ? 'reject' : 'undecided';
        },
      },
      {
        name: "the plain normal bound (Wald's)",
        decide: (events) => {
          const share = events / items;
          const half = Z * Math.sqrt((share * (1 - share)) / items);
          return share + half <= limit ? 'approve' : share - half > limit ? 'reject' : 'undecided';
        },
      },
      { name: 'the estimate alone', decide: (events) => (events / items <= limit ? 'approve' : 'reject') },
    ],
  };
}

/** A bound on rare events: few items, as many as the exact bound needs, and plenty. */
export const SINGLE_SHARES: readonly Experiment<number>[] = [
  { items: 100, limit: 0.01, good: 0.001 },
  { items: 299, limit: 0.01, good: 0.001 },
  { items: 1000, limit: 0.01, good: 0.005 },
  { items: 500, limit: 0.1, good: 0.07 },
].map(experimentOf);
