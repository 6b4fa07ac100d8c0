import { type TestResult, welchTest } from '@sluice/evaluation';
import { drawNormal, type Generator, sampleMean, studentSurvival } from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides } from './decision.ts';
import type { Experiment } from './experiment.ts';
import { GATE } from './gate-choice.ts';

/** Scores of two versions on items of their own. */
interface Sides {
  readonly candidate: Float64Array;
  readonly baseline: Float64Array;
}

type Law = 'normal' | 'skewed' | '0/1';

interface UnpairedCell {
  readonly law: Law;
  readonly candidate: number;
  readonly baseline: number;
  /** Deviation of the candidate's scores over that of the baseline's. */
  readonly spread: number;
  readonly margin: number;
}

function decided(test: TestResult, margin: number): Decision {
  if (test.kind === 'undecided') return 'undecided';
  return decideBySides(test.above(-margin), test.below(-margin), ALPHA);
}

function pooled({ candidate, baseline }: Sides, margin: number): Decision {
  const [a, b] = [sampleMean(candidate), sampleMean(baseline)];
  if (a.kind === 'undecided' || b.kind === 'undecided') return 'undecided';
  const [n, m] = [candidate.length, baseline.length];
  const squares = (a.standardError ** 2 * n * (n - 1) + b.standardError ** 2 * m * (m - 1)) / (n + m - 2);
  const t = (a.estimate - b.estimate + margin) / Math.sqrt(squares * (1 / n + 1 / m));
  return decideBySides(studentSurvival(t, n + m - 2), studentSurvival(-t, n + m - 2), ALPHA);
}

function means({ candidate, baseline }: Sides, margin: number): Decision {
  const mean = (values: Float64Array): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  return mean(candidate) - mean(baseline) >= -margin ? 'approve' : 'reject';
}

/** Share of right answers of the baseline, where the scores are 0/1. */
const RIGHT = 0.8;

function draw(law: Law, centre: number, spread: number, random: Generator): number {
  if (law === '0/1') return Number(random.uniform() < RIGHT + centre);
  if (law === 'skewed') return centre + spread * (-Math.log(1 - random.uniform()) - 1);
  return centre + spread * drawNormal(random);
}

function experimentOf({ law, candidate, baseline, spread, margin }: UnpairedCell): Experiment<Sides> {
  const sides =
    (shift: number) =>
    (random: Generator): Sides => ({
      candidate: Float64Array.from({ length: candidate }, () => draw(law, shift, spread, random)),
      baseline: Float64Array.from({ length: baseline }, () => draw(law, 0, 1, random)),
    });
  return {
    cell: `unpaired, ${law}, n ${candidate} and ${baseline}, spread ${spread}:1, margin ${margin}`,
    atMargin: sides(-margin),
    unchanged: sides(0),
    rules: [
      {
        name: "Sluice: Welch's t",
        decide: (data) => decided(welchTest(data.candidate, data.baseline, GATE), margin),
      },
      { name: "Student's t, one variance for both", decide: (data) => pooled(data, margin) },
      { name: 'compare two means', decide: (data) => means(data, margin) },
    ],
  };
}

/** Nothing pairs: alike and unlike sizes and spreads, and scores that are far from normal. */
export const UNPAIRED: readonly Experiment<Sides>[] = [
  { law: 'normal', candidate: 20, baseline: 20, spread: 1, margin: 0.5 },
  { law: 'normal', candidate: 20, baseline: 100, spread: 3, margin: 0.5 },
  { law: 'normal', candidate: 100, baseline: 20, spread: 3, margin: 0.5 },
  { law: 'skewed', candidate: 100, baseline: 100, spread: 1, margin: 0.3 },
  { law: '0/1', candidate: 100, baseline: 100, spread: 1, margin: 0.1 },
  { law: '0/1', candidate: 500, baseline: 300, spread: 1, margin: 0.05 },
].map((cell) => experimentOf(cell as UnpairedCell));
