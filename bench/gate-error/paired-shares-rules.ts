import { normalQuantile, studentQuantile, tangoStatistic } from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides } from './decision.ts';
import { gateTest, pairedScores } from './gate-choice.ts';
import type { PairedOutcome, PairedSharesCell, PairedSharesRule } from './paired-shares.ts';

type OneByOne = (outcome: PairedOutcome, cell: PairedSharesCell) => Decision;

/** A rule that looks at one outcome; decisions of equal counts are worked out once. */
function rule(name: string, key: (outcome: PairedOutcome) => string, decide: OneByOne): PairedSharesRule {
  return {
    name,
    decide: async (outcomes, cell) => {
      const known = new Map<string, Decision>();
      return outcomes.map((outcome) => {
        const decision = known.get(key(outcome)) ?? decide(outcome, cell);
        known.set(key(outcome), decision);
        return decision;
      });
    },
  };
}

const byPairs = ({ gains, losses }: PairedOutcome): string => `${gains}/${losses}`;
const byAll = (outcome: PairedOutcome): string => `${byPairs(outcome)}/${outcome.bothRight}`;

/** A side whose asymptotic score is under this is in no doubt, and its exact tail, slow with many items, is not worked out. */
const IN_DOUBT = 1.2;

const sluice = rule('Sluice: exact tail of Tango', byPairs, (outcome, { margin }) => {
  const test = gateTest(pairedScores(outcome));
  if (test.kind === 'undecided') return 'undecided';
  const score = tangoStatistic(outcome, -margin);
  const above = score < IN_DOUBT ? 1 : test.above(-margin);
  const below = score > -IN_DOUBT ? 1 : test.below(-margin);
  return decideBySides(above, below, ALPHA);
});

const tango = rule('Tango, asymptotic', byPairs, (outcome, { margin }) => {
  const z = tangoStatistic(outcome, -margin);
  const bound = -normalQuantile(ALPHA);
  return z >= bound ? 'approve' : z <= -bound ? 'reject' : 'undecided';
});

const means = rule('compare two means', byPairs, ({ items, gains, losses }, { margin }) => {
  return (gains - losses) / items >= -margin - 1e-12 ? 'approve' : 'reject';
});

/** Two standard errors of the means taken as independent: a tick where no difference is significant. */
const unpairedZ = rule("lm-eval's unpaired z", byAll, ({ items, gains, losses, bothRight }) => {
  const error = (right: number): number => ((right / items) * (1 - right / items)) / (items - 1);
  const candidate = bothRight + gains;
  const baseline = bothRight + losses;
  const spread = Math.sqrt(error(candidate) + error(baseline));
  const z = spread > 0 ? (candidate - baseline) / items / spread : 0;
  return z < normalQuantile(ALPHA / 2) ? 'reject' : 'approve';
});

/** 95 % t interval of the paired differences against the margin, from ten pairs on; [0, 0] where nothing differs. */
const pairedT = rule("`nel gate`'s t interval (its rule, re-implemented)", byPairs, (outcome, { margin }) => {
  const { items, gains, losses } = outcome;
  if (items < 10) return 'undecided';
  const mean = (gains - losses) / items;
  const variance = (gains + losses - items * mean * mean) / (items - 1);
  const half = studentQuantile(0.975, items - 1) * Math.sqrt(Math.max(0, variance) / items);
  if (mean - half >= -margin) return 'approve';
  return mean + half < -margin ? 'reject' : 'undecided';
});

export const PAIRED_SHARES_RULES: readonly PairedSharesRule[] = [sluice, tango, means, unpairedZ, pairedT];
