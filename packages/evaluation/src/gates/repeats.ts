import type { Pairs } from '../pair/pair.ts';

/** Where the variance of a comparison with repeats comes from, for planning; what decides are the items' averages. */
export interface RepeatsSplit {
  /** Answers an item on each side. */
  readonly candidate: number;
  readonly baseline: number;
  /** Variance of the true differences of the items. */
  readonly items: number;
  /** Variance of one difference of two single answers to the same item. */
  readonly repeats: number;
  /** Answers an item that show most for the same number of answers in all; null: as many as possible, the items do not differ. */
  readonly best: number | null;
}

/**
 * Splits the variance of paired differences into items and repeats: Var = ω² + σ²_A / K_A + σ²_B / K_B. Null without repeats on both
 * sides. With answers that all cost the same the best number of repeats is √(σ²_repeats / σ²_items).
 *
 * Source: Miller, arXiv 2411.00640, for the variance; Cochran, Sampling Techniques (1977), chapter 10, for the best number.
 */
export function repeatsSplit({ candidate, baseline, repeats }: Pairs): RepeatsSplit | null {
  const [a, b] = [repeats.candidate, repeats.baseline];
  const n = candidate.length;
  if (!(a.perItem > 1) || !(b.perItem > 1) || n < 2) return null;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const difference = (candidate[i] as number) - (baseline[i] as number);
    sum += difference;
    squares += difference * difference;
  }
  const total = (squares - (sum * sum) / n) / (n - 1);
  const items = Math.max(0, total - a.variance / a.perItem - b.variance / b.perItem);
  const within = a.variance + b.variance;
  const best = items > 0 ? Math.max(1, Math.round(Math.sqrt(within / items))) : within > 0 ? null : 1;
  return { candidate: a.perItem, baseline: b.perItem, items, repeats: within, best };
}

/** The split as a sentence. */
export function repeatsSentence(
  metric: string,
  { candidate, baseline, items, repeats, best }: RepeatsSplit,
): string {
  const now = candidate === baseline ? `${round(candidate)}` : `${round(candidate)} and ${round(baseline)}`;
  const share = items + repeats > 0 ? `${Math.round((100 * items) / (items + repeats))} %` : 'none';
  const advice =
    best === null
      ? 'the items do not differ beyond what repeats do, so more repeats show more than more items'
      : `for the same number of answers ${best === 1 ? 'a single answer an item and more items' : `${best} answers an item`} would show most`;
  return `${metric}: ${now} answers an item count as one, their average; of the variance of one difference ${share} lies between items, the rest between repeats, and ${advice}.`;
}

const round = (value: number): string => String(Number(value.toFixed(1)));
