import { clusteredMean, drawNormal, Generator, sampleMean, tTest } from '@sluice/statistics';
import { ALPHA, type Decision, decideBySides, emptyTally, type RuleResult, type Runs } from './decision.ts';
import { notWorse } from './gate-choice.ts';

/** How the items share themselves out among the clusters. */
export type Sizes = 'equal' | 'unequal' | 'dominated';

/** Paired scores whose items come in clusters. */
export type ClusteredCell = {
  readonly clusters: number;
  readonly sizes: Sizes;
  readonly margin: number;
  /** Correlation of two items of a cluster. */
  readonly correlation: number;
  /** Share of items that differ, each by 1; `null`: differences are normal with deviation 0.25. */
  readonly discordance: number | null;
};

const COUNTS = [3, 5, 10, 20, 50] as const;
const SIZES = ['equal', 'unequal', 'dominated'] as const;

/** Normal differences, rare 0/1 differences, and common ones. */
export const CLUSTERED_CELLS: readonly ClusteredCell[] = [
  ...SIZES.flatMap((sizes) =>
    COUNTS.map((clusters) => ({ clusters, sizes, margin: 0.05, correlation: 0.3, discordance: null })),
  ),
  ...SIZES.flatMap((sizes) =>
    [20, 50, 150].map((clusters) => ({ clusters, sizes, margin: 0.05, correlation: 0.3, discordance: 0.06 })),
  ),
  ...SIZES.flatMap((sizes) =>
    [20, 50].map((clusters) => ({ clusters, sizes, margin: 0.1, correlation: 0.3, discordance: 0.5 })),
  ),
];

/** A name that says all of the cell. */
export function clusteredName({ clusters, sizes, margin, discordance }: ClusteredCell): string {
  const kind = discordance === null ? 'scores' : `0/1, discordant ${discordance}`;
  return `${clusters} clusters (${sizes}), ${kind}, margin ${margin}`;
}

/** The cluster of each item: 4 a cluster; 1, 2, 3 ... 12 and again; or one with a third of all. */
export function clusterLabels({ clusters, sizes }: Pick<ClusteredCell, 'clusters' | 'sizes'>): Int32Array {
  const size = (g: number): number => {
    if (sizes === 'equal') return 4;
    if (sizes === 'unequal') return (g % 12) + 1;
    return g === 0 ? 2 * (clusters - 1) : 4;
  };
  return Int32Array.from(
    Array.from({ length: clusters }, (_, g) => new Array<number>(size(g)).fill(g)).flat(),
  );
}

/** Differences with the given mean; items of a cluster share their value with probability √ρ, or a part of it. */
function simulate(cell: ClusteredCell, labels: Int32Array, mean: number, random: Generator): Float64Array {
  const { correlation, discordance } = cell;
  if (discordance === null) {
    const shared = Float64Array.from({ length: cell.clusters }, () => drawNormal(random));
    return Float64Array.from(labels, (g) => {
      const own = Math.sqrt(1 - correlation) * drawNormal(random);
      return mean + 0.25 * (Math.sqrt(correlation) * (shared[g] as number) + own);
    });
  }
  const draw = (): number => {
    const u = random.uniform();
    if (u < (discordance + mean) / 2) return 1;
    return u < discordance ? -1 : 0;
  };
  const shared = Float64Array.from({ length: cell.clusters }, draw);
  const together = Math.sqrt(correlation);
  return Float64Array.from(labels, (g) => (random.uniform() < together ? (shared[g] as number) : draw()));
}

type Rule = {
  readonly name: string;
  readonly decide: (values: Float64Array, labels: Int32Array, cell: ClusteredCell) => Decision;
};

function byT(name: string, estimator: 'CR2' | 'CR1' | 'miller' | 'none'): Rule {
  return {
    name,
    decide: (values, labels, { margin }) => {
      const mean = estimator === 'none' ? sampleMean(values) : clusteredMean(values, labels, estimator);
      if (mean.kind === 'undecided') return 'undecided';
      return decideBySides(
        tTest(mean, -margin, 'greater').pValue,
        tTest(mean, -margin, 'less').pValue,
        ALPHA,
      );
    },
  };
}

/** The gates' own choice: betting where under a hundred and under half of the clusters differ, CR2 elsewhere. */
const sluice: Rule = {
  name: 'Sluice: CR2, betting where rare',
  decide: (values, clusters, { margin, discordance }) =>
    notWorse(
      {
        candidate: values,
        baseline: new Float64Array(values.length),
        binary: discordance !== null,
        clusters,
      },
      margin,
    ),
};

const means: Rule = {
  name: 'compare two means',
  decide: (values, _, { margin }) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return mean >= -margin - 1e-12 ? 'approve' : 'reject';
  },
};

export const CLUSTERED_RULES: readonly Rule[] = [
  sluice,
  byT('CR2, Bell-McCaffrey', 'CR2'),
  byT('CR1 (statsmodels)', 'CR1'),
  byT("Miller's clustered error, normal", 'miller'),
  byT('paired t, clusters ignored', 'none'),
  means,
];

/** Runs every rule on the same experiments. */
export function runClustered(cell: ClusteredCell, { runs, seed }: Runs): RuleResult[] {
  const labels = clusterLabels(cell);
  const random = Generator.fromSeed(seed);
  const results = CLUSTERED_RULES.map(({ name }) => ({
    cell: clusteredName(cell),
    rule: name,
    atMargin: emptyTally(),
    unchanged: emptyTally(),
  }));
  for (let run = 0; run < runs; run++) {
    for (const truth of ['atMargin', 'unchanged'] as const) {
      const values = simulate(cell, labels, truth === 'atMargin' ? -cell.margin : 0, random);
      for (const [i, { decide }] of CLUSTERED_RULES.entries()) {
        (results[i] as RuleResult)[truth][decide(values, labels, cell)]++;
      }
    }
  }
  return results;
}
