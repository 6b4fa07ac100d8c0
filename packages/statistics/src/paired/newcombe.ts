import { requireCount } from '../arguments.ts';
import { wilsonInterval } from '../binomial/wilson.ts';
import type { Interval } from '../result.ts';

/** The four cells of a paired 2 x 2 table. */
export type PairedTable = {
  readonly bothRight: number;
  readonly gains: number;
  readonly losses: number;
  readonly bothWrong: number;
};

function phi({ bothRight, gains, losses, bothWrong }: PairedTable): number {
  const margins = (bothRight + gains) * (losses + bothWrong) * (bothRight + losses) * (gains + bothWrong);
  if (margins === 0) return 0;
  const items = bothRight + gains + losses + bothWrong;
  const product = bothRight * bothWrong - gains * losses;
  const corrected = product > items / 2 ? product - items / 2 : Math.min(product, 0);
  return corrected / Math.sqrt(margins);
}

/**
 * Newcombe's hybrid score interval for the difference (candidate - baseline) of paired shares. For display; it is no
 * test.
 *
 * Source: Newcombe, Statistics in Medicine 17 (1998) 2635-2650, method 10.
 */
export function newcombePairedInterval(table: PairedTable, confidence: number): Interval {
  for (const [name, count] of Object.entries(table)) requireCount(name, count);
  const items = table.bothRight + table.gains + table.losses + table.bothWrong;
  requireCount('items', items, 1);
  const candidate = (table.bothRight + table.gains) / items;
  const baseline = (table.bothRight + table.losses) / items;
  const one = wilsonInterval(table.bothRight + table.gains, items, confidence);
  const two = wilsonInterval(table.bothRight + table.losses, items, confidence);
  const correlation = phi(table);
  const reach = (x: number, y: number): number =>
    Math.sqrt(Math.max(0, x * x - 2 * correlation * x * y + y * y));
  const difference = candidate - baseline;
  return {
    lower: difference - reach(candidate - one.lower, two.upper - baseline),
    upper: difference + reach(one.upper - candidate, baseline - two.lower),
  };
}
