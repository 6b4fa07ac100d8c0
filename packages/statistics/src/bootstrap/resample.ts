import { requireCount } from '../arguments.ts';
import { drawBinomial } from '../random/draws.ts';
import type { Generator } from '../random/generator.ts';

/** Beyond this share of distinct values drawing every item is cheaper than drawing how often each value comes. */
const WORTH_COUNTING = 1 / 16;
const MOST_DISTINCT = 1024;

/**
 * Means of resamples with replacement.
 *
 * @param values    n numbers, one a unit (item or cluster)
 * @param resamples how many
 * @returns `resamples` means; the same for the same generator state
 */
export function resampledMeans(values: Float64Array, resamples: number, random: Generator): Float64Array {
  requireCount('resamples', resamples, 1);
  requireCount('values', values.length, 1);
  const tally = tallyDistinct(values);
  return tally === undefined ? byItem(values, resamples, random) : byCount(tally, resamples, random);
}

type Tally = { readonly values: Float64Array; readonly counts: Float64Array; readonly n: number };

function tallyDistinct(values: Float64Array): Tally | undefined {
  const most = Math.min(MOST_DISTINCT, Math.max(8, values.length * WORTH_COUNTING));
  const seen = new Map<number, number>();
  for (const value of values) {
    seen.set(value, (seen.get(value) ?? 0) + 1);
    if (seen.size > most) return undefined;
  }
  return {
    values: Float64Array.from(seen.keys()),
    counts: Float64Array.from(seen.values()),
    n: values.length,
  };
}

/** A resample of tallied values is a multinomial draw: a chain of binomials. */
function byCount(tally: Tally, resamples: number, random: Generator): Float64Array {
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let left = tally.n;
    let mass = tally.n;
    let sum = 0;
    for (let v = 0; v < tally.values.length && left > 0; v++) {
      const count = tally.counts[v] as number;
      const drawn = drawBinomial(random, left, Math.min(1, count / mass));
      sum += drawn * (tally.values[v] as number);
      left -= drawn;
      mass -= count;
    }
    means[r] = sum / tally.n;
  }
  return means;
}

/**
 * A mixed counter instead of the generator itself: its draws do not wait for each other, which saves a third of the
 * time. The generator gives each resample a start and an odd step of its own.
 *
 * Source: the 32-bit mixer of Wellons, "Prospecting for hash functions" (2018), improved constants of 2022.
 */
function byItem(values: Float64Array, resamples: number, random: Generator): Float64Array {
  const n = values.length;
  const scale = n / 4294967296;
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let counter = random.word() | 0;
    const step = random.word() | 1;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      counter = (counter + step) | 0;
      let word = Math.imul(counter ^ (counter >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      word ^= word >>> 15;
      sum += values[((word >>> 0) * scale) | 0] as number;
    }
    means[r] = sum / n;
  }
  return means;
}

/**
 * A corpus statistic on resamples of its units, from additive counts a unit (BLEU's matches and lengths; sum and size
 * of a cluster).
 *
 * @param rows      units x width, row by row
 * @param width     numbers a unit
 * @param statistic the statistic from the sums of all columns; it must not keep the array
 */
export function resampledStatistic(
  rows: Float64Array,
  width: number,
  statistic: (sums: Float64Array) => number,
  resamples: number,
  random: Generator,
): Float64Array {
  requireCount('width', width, 1);
  const units = rows.length / width;
  requireCount('units', units, 1);
  const results = new Float64Array(resamples);
  const sums = new Float64Array(width);
  const scale = units / 4294967296;
  for (let r = 0; r < resamples; r++) {
    sums.fill(0);
    for (let i = 0; i < units; i++) {
      const at = ((random.word() * scale) | 0) * width;
      for (let k = 0; k < width; k++) sums[k] = (sums[k] as number) + (rows[at + k] as number);
    }
    results[r] = statistic(sums);
  }
  return results;
}
