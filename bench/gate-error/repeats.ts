import { Generator, sampleMean, tangoNonInferiority, tTest } from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides, emptyTally, type RuleResult, type Runs } from './decision.ts';
import { notWorse } from './gate-choice.ts';

/** Paired 0/1 scores of several repeats an item. */
export type RepeatsCell = {
  readonly items: number;
  readonly repeats: number;
  readonly margin: number;
  /** Share of items that one version knows and the other does not. */
  readonly discordance: number;
  /** Chance that an answer comes out against what the version knows. */
  readonly noise: number;
};

/** Few and many items; repeats that agree, that differ at times, that differ often. */
export const REPEATS_CELLS: readonly RepeatsCell[] = [
  { items: 20, repeats: 5, margin: 0.1, discordance: 0.2, noise: 0.2 },
  { items: 50, repeats: 3, margin: 0.05, discordance: 0.07, noise: 0.02 },
  { items: 50, repeats: 3, margin: 0.05, discordance: 0.1, noise: 0.1 },
  { items: 200, repeats: 3, margin: 0.05, discordance: 0.07, noise: 0.02 },
  { items: 200, repeats: 5, margin: 0.05, discordance: 0.1, noise: 0.1 },
  { items: 200, repeats: 3, margin: 0.05, discordance: 0.2, noise: 0.2 },
];

/** A name that says all of the cell. */
export function repeatsName({ items, repeats, margin, discordance, noise }: RepeatsCell): string {
  return `${items} items x ${repeats}, margin ${margin}, discordant ${discordance}, noise ${noise}`;
}

/** Right answers an item of each version, out of `repeats`. */
type Answers = { readonly candidate: Float64Array; readonly baseline: Float64Array };

function simulate(cell: RepeatsCell, difference: number, random: Generator): Answers {
  // Noise pulls both versions to the middle: what they know must differ by more than what they answer.
  const known = difference / (1 - 2 * cell.noise);
  const candidate = new Float64Array(cell.items);
  const baseline = new Float64Array(cell.items);
  const answers = (knows: boolean): number => {
    let right = 0;
    for (let k = 0; k < cell.repeats; k++) right += Number(random.uniform() < cell.noise !== knows);
    return right;
  };
  for (let i = 0; i < cell.items; i++) {
    const u = random.uniform();
    const both = random.uniform() < 0.75;
    const gain = u < (cell.discordance + known) / 2;
    const loss = !gain && u < cell.discordance;
    candidate[i] = answers(gain || (both && !loss));
    baseline[i] = answers(loss || (both && !gain));
  }
  return { candidate, baseline };
}

type Rule = { readonly name: string; readonly decide: (answers: Answers, cell: RepeatsCell) => Decision };

function averages({ candidate, baseline }: Answers, repeats: number): Float64Array {
  return candidate.map((right, i) => (right - (baseline[i] as number)) / repeats);
}

function byT(values: Float64Array, margin: number): Decision {
  const mean = sampleMean(values);
  if (mean.kind === 'undecided') return 'undecided';
  return decideBySides(tTest(mean, -margin, 'greater').pValue, tTest(mean, -margin, 'less').pValue, ALPHA);
}

const plain: Rule = {
  name: 'average, then t',
  decide: (answers, { repeats, margin }) => byT(averages(answers, repeats), margin),
};

/** Items are the units; the gates' own choice where fewer than half of them and under a hundred differ is a betting bound. */
const sluice: Rule = {
  name: 'Sluice: average, then t; betting where rare',
  decide: ({ candidate, baseline }, { repeats, margin }) =>
    notWorse(
      {
        candidate: candidate.map((right) => right / repeats),
        baseline: baseline.map((right) => right / repeats),
        binary: false,
        clusters: null,
      },
      margin,
    ),
};

/** Every repeat counted as one more item: the mistake that repeats invite. */
const pooled: Rule = {
  name: 'repeats counted as items, Tango',
  decide: ({ candidate, baseline }, { items, repeats, margin }) => {
    let gains = 0;
    let losses = 0;
    for (let i = 0; i < items; i++) {
      // Repeats pair in the order they came: right answers first, which only makes fewer pairs differ.
      const excess = (candidate[i] as number) - (baseline[i] as number);
      if (excess > 0) gains += excess;
      else losses -= excess;
    }
    const { pValue } = tangoNonInferiority({ items: items * repeats, gains, losses }, margin);
    return decideBySides(pValue, 1 - pValue, ALPHA);
  },
};

const means: Rule = {
  name: 'compare two means',
  decide: (answers, { repeats, margin }) => {
    const values = averages(answers, repeats);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return mean >= -margin - 1e-12 ? 'approve' : 'reject';
  },
};

export const REPEATS_RULES: readonly Rule[] = [sluice, plain, pooled, means];

/** Runs every rule on the same experiments. */
export function runRepeats(cell: RepeatsCell, { runs, seed }: Runs): RuleResult[] {
  const random = Generator.fromSeed(seed);
  const results = REPEATS_RULES.map(({ name }) => ({
    cell: repeatsName(cell),
    rule: name,
    atMargin: emptyTally(),
    unchanged: emptyTally(),
  }));
  for (let run = 0; run < runs; run++) {
    for (const truth of ['atMargin', 'unchanged'] as const) {
      const answers = simulate(cell, truth === 'atMargin' ? -cell.margin : 0, random);
      for (const [i, { decide }] of REPEATS_RULES.entries()) {
        (results[i] as RuleResult)[truth][decide(answers, cell)]++;
      }
    }
  }
  return results;
}
