import { Generator } from '@sluice/statistics';
import { type Decision, emptyTally, type RuleResult, type Runs } from './decision.ts';

/** A cell whose data are drawn anew for each experiment, and the rules that are asked. */
export interface Experiment<Data> {
  readonly cell: string;
  /** What the gate must not approve: a truth at the very bound. */
  readonly atMargin: (random: Generator) => Data;
  /** What it should approve. */
  readonly unchanged: (random: Generator) => Data;
  readonly rules: readonly { readonly name: string; readonly decide: (data: Data) => Decision }[];
}

/** Runs every rule on the same experiments. */
export function runExperiment<Data>(
  { cell, atMargin, unchanged, rules }: Experiment<Data>,
  { runs, seed }: Runs,
): RuleResult[] {
  const random = Generator.fromSeed(seed);
  const results = rules.map(({ name }) => ({
    cell,
    rule: name,
    atMargin: emptyTally(),
    unchanged: emptyTally(),
  }));
  for (let run = 0; run < runs; run++) {
    const [bad, good] = [atMargin(random), unchanged(random)];
    for (const [i, { decide }] of rules.entries()) {
      (results[i] as RuleResult).atMargin[decide(bad)]++;
      (results[i] as RuleResult).unchanged[decide(good)]++;
    }
  }
  return results;
}

/** A rule that looks at few different data: what it said of them is kept. */
export function remembered<Data>(
  keyOf: (data: Data) => string,
  decide: (data: Data) => Decision,
): (data: Data) => Decision {
  const known = new Map<string, Decision>();
  return (data) => {
    const key = keyOf(data);
    const decision = known.get(key) ?? decide(data);
    known.set(key, decision);
    return decision;
  };
}
