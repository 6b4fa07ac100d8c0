import { clopperPearsonLower } from '@sluice/statistics';
import type { Method, Result, Truth } from './simulate.ts';

/** One in a thousand a figure: the bench itself raises a false alarm rarely. */
const DOUBT = 0.001;

/** The cell in which shares of the items are promised. */
const TYPICAL = { discordance: 0.1, margin: 0.05 };

/** What is not kept, a sentence each. */
export function missed(results: readonly Result[]): string[] {
  const found: string[] = [];
  for (const { cell, truth, method, runs, approved } of results) {
    if (truth === 'at the margin' && clopperPearsonLower(approved, runs, DOUBT) > 0.05)
      found.push(`${method} at ${cell.multiple}x, discordant ${cell.discordance}: over 5 % false approvals`);
  }
  const at = (method: Method, truth: Truth, multiple: number): Result | undefined =>
    results.find(
      ({ cell, truth: t, method: m }) =>
        m === method &&
        t === truth &&
        cell.multiple === multiple &&
        cell.discordance === TYPICAL.discordance &&
        cell.margin === TYPICAL.margin,
    );
  const bars: readonly (readonly [Method, Truth, number, number])[] = [
    ['planned-looks', 'unchanged', 1, 0.8],
    ['when-decided', 'unchanged', 4, 0.45],
    ['when-decided', 'twice the margin worse', 4, 0.3],
  ];
  for (const [method, truth, multiple, most] of bars) {
    const result = at(method, truth, multiple);
    if (result && result.used >= most)
      found.push(`${method} at ${multiple}x, ${truth}: ${(100 * result.used).toFixed(1)} % of the items`);
  }
  const [fixed, planned] = [at('all items', 'unchanged', 1), at('planned-looks', 'unchanged', 1)];
  if (fixed && planned && (fixed.approved - planned.approved) / fixed.runs > 0.05)
    found.push('planned-looks at 1x: over five points fewer approvals than the fixed test');
  return found;
}
