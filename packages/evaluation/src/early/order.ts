import { Generator, permutation } from '@sluice/statistics';

/**
 * The items 0 to n - 1 in a random order that the seed fixes, cut into as many batches as there are looks. A data set in its
 * own order may hold the easy items first; what is stopped early must be a random part of it.
 */
export function batchesOf(items: number, seed: number, looks: number): number[][] {
  const order = Array.from(permutation(Generator.fromSeed(seed), items));
  const cuts = Array.from({ length: looks + 1 }, (_, k) => Math.ceil((items * k) / looks));
  return cuts.slice(1).map((end, k) => order.slice(cuts[k], end));
}
