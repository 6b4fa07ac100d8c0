import { acceleration, type BcaInterval, bcaInterval, Generator, type Undecided } from '@sluice/statistics';

/** The different rows of a corpus figure, where they are few: items of a handful of labels have a handful of rows. */
export interface Cells {
  /** The cell of each item. */
  readonly of: Int32Array;
  /** Items of each cell. */
  readonly sizes: Float64Array;
  /** The places of each cell's row that are not 0, and what stands there. */
  readonly rows: readonly (readonly (readonly [at: number, value: number])[])[];
}

const MOST = 2000;

/** Null where the rows are too different for cells to be worth it. */
export function cellsOf(data: Float64Array, width: number): Cells | null {
  const units = data.length / width;
  const most = Math.min(MOST, units / 4);
  const known = new Map<string, number>();
  const of = new Int32Array(units);
  const rows: (readonly (readonly [number, number])[])[] = [];
  const sizes: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    const places: (readonly [number, number])[] = [];
    for (let k = 0; k < width; k++) {
      const value = data[unit * width + k] as number;
      if (value !== 0) places.push([k, value]);
    }
    const key = places.join(' ');
    let cell = known.get(key);
    if (cell === undefined) {
      if (rows.length >= most) return null;
      cell = rows.length;
      known.set(key, cell);
      rows.push(places);
      sizes.push(0);
    }
    of[unit] = cell;
    sizes[cell] = (sizes[cell] as number) + 1;
  }
  return { of, sizes: Float64Array.from(sizes), rows };
}

/**
 * BCa intervals of a corpus statistic over cells: the same resamples and the same interval as `bootstrapStatistic` gives, each
 * resample in one addition an item. All confidences are read from the same resamples.
 */
export function bootstrapCells(
  cells: Cells,
  width: number,
  statistic: (sums: Float64Array) => number,
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): (confidence: number) => BcaInterval | Undecided {
  const { of, sizes, rows } = cells;
  const units = of.length;
  const sums = new Float64Array(width);
  const figure = (counts: Float64Array): number => {
    sums.fill(0);
    for (const [cell, places] of rows.entries()) {
      const count = counts[cell] as number;
      if (count !== 0) for (const [at, value] of places) sums[at] = (sums[at] as number) + count * value;
    }
    return statistic(sums);
  };
  const without = rows.map((_, cell) => figure(sizes.map((size, c) => size - Number(c === cell))));
  const jackknife = Float64Array.from(of, (cell) => without[cell] as number);
  const random = Generator.fromSeed(seed);
  const scale = units / 4294967296;
  const counts = new Float64Array(rows.length);
  const resampled = Float64Array.from({ length: resamples }, () => {
    counts.fill(0);
    for (let i = 0; i < units; i++) {
      const cell = of[(random.word() * scale) | 0] as number;
      counts[cell] = (counts[cell] as number) + 1;
    }
    return figure(counts);
  });
  const estimate = figure(sizes);
  const a = acceleration(jackknife);
  return (confidence) => bcaInterval(resampled, estimate, a, confidence);
}
