/** Requests by duration, as Prometheus keeps them: `cumulative[i]` requests took at most `bounds[i]` milliseconds. */
export interface Histogram {
  /** Ascending, milliseconds; the last one is Infinity. */
  readonly bounds: readonly number[];
  readonly cumulative: readonly number[];
}

/** Renard's series R10 (ISO 3): neighbours differ by about 26 %, so a figure between them is off by less. */
const R10 = [1, 1.25, 1.6, 2, 2.5, 3.15, 4, 5, 6.3, 8];

/** Bounds from 1 ms to 1000 s, for sources that keep each request's duration. */
export const defaultBounds: readonly number[] = [
  ...[0, 1, 2, 3, 4, 5].flatMap((decade) => R10.map((x) => Number((x * 10 ** decade).toPrecision(3)))),
  1_000_000,
  Number.POSITIVE_INFINITY,
];

/** Counts durations into bounds. */
export class HistogramBuilder {
  readonly #bounds: readonly number[];
  readonly #counts: number[];

  constructor(bounds: readonly number[] = defaultBounds) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
  }

  add(milliseconds: number): void {
    let low = 0;
    let high = this.#bounds.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (milliseconds <= (this.#bounds[middle] as number)) high = middle;
      else low = middle + 1;
    }
    this.#counts[low] = (this.#counts[low] as number) + 1;
  }

  build(): Histogram {
    let sum = 0;
    return { bounds: this.#bounds, cumulative: this.#counts.map((count) => (sum += count)) };
  }
}

/** How many durations it holds. */
export function total(histogram: Histogram): number {
  return histogram.cumulative.at(-1) ?? 0;
}

/**
 * Two histograms as one. Where their bounds differ, those of both remain that both have: nothing is made up.
 */
export function merge(a: Histogram, b: Histogram): Histogram {
  const bounds = a.bounds.filter((bound) => b.bounds.includes(bound));
  const at = (h: Histogram, bound: number): number => h.cumulative[h.bounds.indexOf(bound)] ?? 0;
  return { bounds, cumulative: bounds.map((bound) => at(a, bound) + at(b, bound)) };
}

/**
 * How many took at most `milliseconds`, linear inside a bucket. Undefined where that lies above the highest finite bound
 * and some requests do too.
 */
export function countUpTo(histogram: Histogram, milliseconds: number): number | undefined {
  const { bounds, cumulative } = histogram;
  const i = bounds.findIndex((bound) => milliseconds <= bound);
  if (i < 0) return total(histogram);
  const upper = bounds[i] as number;
  const below = i === 0 ? 0 : (cumulative[i - 1] as number);
  const inside = (cumulative[i] as number) - below;
  if (inside === 0) return below;
  if (upper === Number.POSITIVE_INFINITY) return undefined;
  const lower = i === 0 ? 0 : (bounds[i - 1] as number);
  return below + (inside * (milliseconds - lower)) / (upper - lower);
}

/**
 * The q-quantile in milliseconds, linear inside a bucket, as Prometheus' `histogram_quantile` computes it: in the bucket
 * that has no upper bound, the highest finite one. Undefined for an empty histogram.
 */
export function quantile(histogram: Histogram, q: number): number | undefined {
  const { bounds, cumulative } = histogram;
  const count = total(histogram);
  if (count === 0 || !(q >= 0 && q <= 1)) return undefined;
  const rank = q * count;
  const i = cumulative.findIndex((c) => c >= rank && c > 0);
  const upper = bounds[i] as number;
  const lower = i === 0 ? 0 : (bounds[i - 1] as number);
  if (upper === Number.POSITIVE_INFINITY) return lower;
  const below = i === 0 ? 0 : (cumulative[i - 1] as number);
  return lower + ((upper - lower) * (rank - below)) / ((cumulative[i] as number) - below);
}
