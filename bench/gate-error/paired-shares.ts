import { drawBinomial, Generator, type PairedCounts } from '@sluice/statistics';
import { type Decision, emptyTally, type RuleResult, type Runs, type Tally } from './decision.ts';

/** Paired 0/1 scores: `discordance` is the share of items on which the two versions differ. */
export type PairedSharesCell = {
  readonly items: number;
  readonly margin: number;
  readonly discordance: number;
  /** Share of right answers of the baseline. */
  readonly accuracy: number;
};

/** One simulated comparison. */
export type PairedOutcome = PairedCounts & { readonly bothRight: number };

export type PairedSharesRule = {
  readonly name: string;
  /** Items of the largest cell that it is asked in; any where it is left out. */
  readonly largest?: number;
  /** One decision an outcome, in order. */
  readonly decide: (outcomes: readonly PairedOutcome[], cell: PairedSharesCell) => Promise<Decision[]>;
};

/** Small samples, sparse discordance (the margin itself), and usual ones. */
export const PAIRED_SHARES_CELLS: readonly PairedSharesCell[] = [
  { items: 20, margin: 0.1, discordance: 0.1, accuracy: 0.8 },
  { items: 50, margin: 0.02, discordance: 0.06, accuracy: 0.8 },
  { items: 50, margin: 0.05, discordance: 0.06, accuracy: 0.8 },
  { items: 100, margin: 0.01, discordance: 0.01, accuracy: 0.8 },
  { items: 100, margin: 0.05, discordance: 0.06, accuracy: 0.8 },
  { items: 100, margin: 0.1, discordance: 0.1, accuracy: 0.8 },
  { items: 200, margin: 0.01, discordance: 0.1, accuracy: 0.8 },
  { items: 200, margin: 0.05, discordance: 0.1, accuracy: 0.8 },
  { items: 500, margin: 0.01, discordance: 0.1, accuracy: 0.8 },
  { items: 500, margin: 0.05, discordance: 0.1, accuracy: 0.8 },
  { items: 500, margin: 0.05, discordance: 0.3, accuracy: 0.5 },
  { items: 1000, margin: 0.02, discordance: 0.05, accuracy: 0.9 },
];

/** A name that says all of the cell. */
export function cellName({ items, margin, discordance }: PairedSharesCell): string {
  return `paired 0/1, n ${items}, margin ${margin}, discordant ${discordance}`;
}

function keyOf({ gains, losses, bothRight }: PairedOutcome): string {
  return `${gains}/${losses}/${bothRight}`;
}

/** Distinct outcomes of `runs` experiments at a true difference, with how often each came. */
function simulate(
  cell: PairedSharesCell,
  difference: number,
  { runs, seed }: Runs,
): Map<string, [PairedOutcome, number]> {
  const random = Generator.fromSeed(seed);
  const gain = (cell.discordance + difference) / 2;
  const loss = (cell.discordance - difference) / 2;
  const tally = new Map<string, [PairedOutcome, number]>();
  for (let run = 0; run < runs; run++) {
    const losses = drawBinomial(random, cell.items, loss);
    const gains = drawBinomial(random, cell.items - losses, gain / (1 - loss));
    const agree = cell.items - losses - gains;
    const bothRight = drawBinomial(random, agree, (cell.accuracy - loss) / (1 - loss - gain));
    const outcome = { items: cell.items, gains, losses, bothRight };
    const key = keyOf(outcome);
    tally.set(key, [outcome, (tally.get(key)?.[1] ?? 0) + 1]);
  }
  return tally;
}

/** Runs every rule on the same experiments. */
export async function runPairedShares(
  cell: PairedSharesCell,
  rules: readonly PairedSharesRule[],
  runs: Runs,
): Promise<RuleResult[]> {
  const truths = [
    [...simulate(cell, -cell.margin, runs).values()],
    [...simulate(cell, 0, { ...runs, seed: runs.seed + 1 }).values()],
  ];
  const results: RuleResult[] = [];
  for (const rule of rules.filter(({ largest = cell.items }) => cell.items <= largest)) {
    const [atMargin, unchanged] = await Promise.all(truths.map((truth) => tallyOf(rule, truth, cell)));
    if (atMargin && unchanged) results.push({ cell: cellName(cell), rule: rule.name, atMargin, unchanged });
  }
  return results;
}

async function tallyOf(
  rule: PairedSharesRule,
  outcomes: readonly [PairedOutcome, number][],
  cell: PairedSharesCell,
): Promise<Tally> {
  const decisions = await rule.decide(
    outcomes.map(([outcome]) => outcome),
    cell,
  );
  const tally = emptyTally();
  for (const [i, [, times]] of outcomes.entries()) tally[decisions[i] as Decision] += times;
  return tally;
}
