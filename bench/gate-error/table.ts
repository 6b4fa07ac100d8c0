import { clopperPearsonInterval, clopperPearsonLower } from '@sluice/statistics';
import type { RuleResult, Tally } from './decision.ts';

/** A share in percent with its exact 95 % interval. */
export type Rate = { readonly percent: number; readonly lower: number; readonly upper: number };

/** How often a tally has one decision. */
export function rateOf(tally: Tally, decision: keyof Tally): Rate {
  const runs = tally.approve + tally.reject + tally.undecided;
  const { lower, upper } = clopperPearsonInterval(tally[decision], runs, 0.95);
  return { percent: (100 * tally[decision]) / runs, lower: 100 * lower, upper: 100 * upper };
}

function words({ percent, lower, upper }: Rate): string {
  return `${percent.toFixed(1)} [${lower.toFixed(1)}, ${upper.toFixed(1)}]`;
}

/** Markdown: one table a cell, one row a rule. */
export function markdown(results: readonly RuleResult[]): string {
  const cells = [...new Set(results.map((result) => result.cell))];
  return cells
    .map((cell) => {
      const rows = results.filter((result) => result.cell === cell);
      return [
        `### ${cell}`,
        '',
        '| rule | at the margin: approved (false), % | at the margin: rejected, % | unchanged: rejected (false), % | unchanged: approved, % |',
        '|---|---|---|---|---|',
        ...rows.map(({ rule, atMargin, unchanged }) => {
          const columns = [
            rateOf(atMargin, 'approve'),
            rateOf(atMargin, 'reject'),
            rateOf(unchanged, 'reject'),
            rateOf(unchanged, 'approve'),
          ];
          return `| ${rule} | ${columns.map(words).join(' | ')} |`;
        }),
        '',
      ].join('\n');
    })
    .join('\n');
}

/** There are some fifty cells: one in a thousand each keeps the chance of a false alarm of the bench itself low. */
const DOUBT = 0.001;

/** Cells in which a rule of ours approves falsely more often than its limit in percent, beyond simulation error. */
export function broken(
  results: readonly RuleResult[],
  limitOf: (result: RuleResult) => number,
): RuleResult[] {
  return results.filter((result) => {
    const { approve, reject, undecided } = result.atMargin;
    const lower = clopperPearsonLower(approve, approve + reject + undecided, DOUBT);
    return result.rule.startsWith('Sluice') && 100 * lower > limitOf(result);
  });
}
