import { normalQuantile } from '../distributions/normal.ts';
import type { Interval, Undecided } from '../result.ts';
import { undecided } from '../result.ts';

/** How two raters agree beyond chance. */
export type KappaEstimate = {
  readonly kind: 'kappa';
  /** 1: always agree; 0: as by chance; below 0: less than by chance. */
  readonly kappa: number;
  readonly standardError: number;
  /** Share of the items on which both say exactly the same. */
  readonly agreement: number;
  /** The (weighted) agreement that chance alone would give. */
  readonly expected: number;
  readonly items: number;
};

/** What a disagreement costs: all the same, or more the further apart the categories lie. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

/**
 * Cohen's kappa of two raters, weighted for ordered categories.
 *
 * Source: Cohen 1960 and 1968; large-sample standard error by Fleiss, Cohen & Everitt 1969 (as in statsmodels).
 * @param table counts, categories x categories: first rater by row, second by column
 */
export function cohenKappa(
  table: readonly (readonly number[])[],
  weights: KappaWeights = 'none',
): KappaEstimate | Undecided {
  const k = table.length;
  const items = table.flat().reduce((sum, count) => sum + count, 0);
  if (items === 0) return undecided('no-data', 'no item was rated by both');
  const share = (i: number, j: number): number => (table[i]?.[j] as number) / items;
  const range = Array.from({ length: k }, (_, i) => i);
  const rows = range.map((i) => range.reduce((sum, j) => sum + share(i, j), 0));
  const columns = range.map((j) => range.reduce((sum, i) => sum + share(i, j), 0));
  const weight = (i: number, j: number): number => similarity(i, j, k, weights);
  const total = (term: (i: number, j: number) => number): number =>
    range.reduce((sum, i) => sum + range.reduce((part, j) => part + term(i, j), 0), 0);
  const observed = total((i, j) => weight(i, j) * share(i, j));
  const expected = total((i, j) => weight(i, j) * (rows[i] as number) * (columns[j] as number));
  if (1 - expected < 1e-12)
    return undecided(
      'no-spread',
      'both raters say the same of every item, so agreement by chance is certain',
    );
  const kappa = (observed - expected) / (1 - expected);
  const ofRow = range.map((i) => range.reduce((sum, j) => sum + (columns[j] as number) * weight(i, j), 0));
  const ofColumn = range.map((j) => range.reduce((sum, i) => sum + (rows[i] as number) * weight(i, j), 0));
  const spread = total(
    (i, j) =>
      share(i, j) * (weight(i, j) - ((ofRow[i] as number) + (ofColumn[j] as number)) * (1 - kappa)) ** 2,
  );
  const variance =
    Math.max(0, spread - (kappa - expected * (1 - kappa)) ** 2) / ((1 - expected) ** 2 * items);
  const agreement = range.reduce((sum, i) => sum + share(i, i), 0);
  return { kind: 'kappa', kappa, standardError: Math.sqrt(variance), agreement, expected, items };
}

function similarity(i: number, j: number, categories: number, weights: KappaWeights): number {
  if (i === j) return 1;
  const distance = Math.abs(i - j) / (categories - 1);
  return weights === 'none' ? 0 : 1 - (weights === 'linear' ? distance : distance ** 2);
}

/**
 * Interval of a kappa by its standard error. Where nobody disagrees that would be a point: then the lower end follows from
 * the exact bound on the share of items that may differ.
 */
export function kappaInterval(estimate: KappaEstimate, confidence: number): Interval {
  const { kappa, standardError, agreement, expected, items } = estimate;
  if (agreement === 1) {
    const differing = 1 - ((1 - confidence) / 2) ** (1 / items);
    return { lower: Math.max(-1, 1 - differing / (1 - expected)), upper: 1 };
  }
  const z = normalQuantile((1 + confidence) / 2);
  return { lower: Math.max(-1, kappa - z * standardError), upper: Math.min(1, kappa + z * standardError) };
}
