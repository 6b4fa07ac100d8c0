import { requireOpenUnit } from '../arguments.ts';

/** Stakes against a limit as fractions of the largest that can never lose everything. */
export const LIMIT_STAKES: readonly number[] = [0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 0.95];

/**
 * The factors 1 + λ(x - limit) against "the mean is at most `limit`", for one value in [0, 1]: a score, or the
 * share of a whole block, which makes it right whatever the requests of a block have in common.
 *
 * @param fractions stakes as fractions of 1 / limit
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024) 1-27.
 */
export function aboveLimitFactors(
  value: number,
  limit: number,
  fractions: readonly number[] = LIMIT_STAKES,
): number[] {
  requireOpenUnit('limit', limit);
  requireValue(value);
  const excess = (value - limit) / limit;
  return fractions.map((fraction) => 1 + fraction * excess);
}

/** The mirror image, against "the mean is at least `limit`": the proof that it lies below. */
export function belowLimitFactors(
  value: number,
  limit: number,
  fractions: readonly number[] = LIMIT_STAKES,
): number[] {
  requireOpenUnit('limit', limit);
  requireValue(value);
  const excess = (limit - value) / (1 - limit);
  return fractions.map((fraction) => 1 + fraction * excess);
}

function requireValue(value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`a bounded value must lie in [0, 1], got ${value}`);
}
