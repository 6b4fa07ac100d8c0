import { pair } from '../pair/pair.ts';
import { findSeries } from '../results/metric-name.ts';
import type { ItemText, Results } from '../results/results.ts';

/** An item whose score changed, with both answers where the files hold them. */
export interface ChangedItem {
  readonly input: string;
  readonly target: string;
  readonly baselineAnswer: string;
  readonly candidateAnswer: string;
  readonly baselineScore: number;
  readonly candidateScore: number;
}

/** The items whose score of a metric changed most, the largest change first, losses before gains of the same size. */
export async function changedItems(
  candidate: Results,
  baseline: Results,
  metric: string,
  most: number,
): Promise<ChangedItem[]> {
  const [a, b] = [findSeries(candidate, metric), findSeries(baseline, metric)];
  const pairs = a && b && pair(a, b);
  const [items, others] = [a?.task.items, b?.task.items];
  if (!pairs || !items || !others) return [];
  const change = (i: number): number => (pairs.candidate[i] as number) - (pairs.baseline[i] as number);
  const changed = Array.from(pairs.rows.keys()).filter((i) => change(i) !== 0);
  changed.sort((i, j) => Math.abs(change(j)) - Math.abs(change(i)) || change(i) - change(j) || i - j);
  const top = changed.slice(0, most);
  const rows = top.map((i) => pairs.rows[i] as number);
  const mine = await candidate.texts(a.task, rows);
  const theirs = await baseline.texts(
    b.task,
    rows.map((row) => others.keys.findRow(items.keys, row)),
  );
  return top.map((i, n) => {
    const said: ItemText | undefined = mine[n] ?? theirs[n];
    return {
      input: said?.input ?? '',
      target: said?.target ?? '',
      baselineAnswer: theirs[n]?.answer ?? '',
      candidateAnswer: mine[n]?.answer ?? '',
      baselineScore: pairs.baseline[i] as number,
      candidateScore: pairs.candidate[i] as number,
    };
  });
}
