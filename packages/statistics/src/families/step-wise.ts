import { requireUnit } from '../arguments.ts';

function ascending(pValues: readonly number[]): number[] {
  for (const [i, p] of pValues.entries()) requireUnit(`p-value ${i}`, p);
  return pValues.map((_, i) => i).sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
}

/**
 * Holm's adjusted p-values, in the order given: rejecting those at or under alpha keeps the chance of any false
 * rejection at alpha, whatever the dependence.
 *
 * Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
 */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, i] of ascending(pValues).entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * (pValues[i] as number)));
    adjusted[i] = largest;
  }
  return adjusted;
}

/**
 * Benjamini-Hochberg adjusted p-values, in the order given. Bounds the share of false findings among those listed; it
 * bounds no false approval.
 *
 * Source: Benjamini & Hochberg, JRSS-B 57 (1995) 289-300.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  let smallest = 1;
  for (const [back, i] of ascending(pValues).reverse().entries()) {
    const rank = pValues.length - back;
    smallest = Math.min(smallest, (pValues.length / rank) * (pValues[i] as number));
    adjusted[i] = smallest;
  }
  return adjusted;
}
