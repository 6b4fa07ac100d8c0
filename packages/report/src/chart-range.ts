import type { IntervalRow, LineChart } from './model.ts';

/** The scale that all rows of a forest plot share: everything finite, with a margin of 5 % on both sides. */
export function intervalRange(rows: readonly IntervalRow[]): [number, number] {
  return widened(rows.flatMap((row) => [row.estimate, row.low, row.high, row.threshold ?? Number.NaN]));
}

/** The scales of a line chart; undefined where there is nothing to draw. */
export function lineRange(chart: LineChart): { x: [number, number]; y: [number, number] } | undefined {
  const points = chart.series.flatMap((s) => finitePoints(s.points));
  if (points.length === 0) return undefined;
  const [from, to] = extent(points.map((p) => p.x));
  return {
    x: [from, to],
    y: widened([...points.map((p) => p.y), ...(chart.thresholds ?? []).map((t) => t.y)]),
  };
}

export function finitePoints(points: readonly { readonly x: number; readonly y: number }[]) {
  return points.filter((p) => drawable(p.x) && drawable(p.y)).sort((a, b) => a.x - b.x);
}

/** Finite, and far enough from the largest double that a difference of two is finite too. */
export const drawable = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < 1e100;

function widened(values: readonly number[]): [number, number] {
  const [from, to] = extent(values.filter(drawable));
  const size = Math.max(Math.abs(from), Math.abs(to));
  // never so narrow that rounding makes the scale a point
  const margin = from === to ? size * 0.1 || 1 : Math.max((to - from) * 0.05, size * 1e-9, 1e-12);
  return [from - margin, to + margin];
}

function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

/** About `count` round values (1, 2 or 5 times a power of ten) inside a scale. */
export function ticks([from, to]: readonly [number, number], count = 5): number[] {
  const rough = (to - from) / count;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= rough) ?? 10);
  // a scale at the end of what doubles can tell apart has no round values inside
  if (!(step > Math.max(Math.abs(from), Math.abs(to)) * 1e-12)) return [from];
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(0, Math.min(50, last - first + 1)) }, (_, i) => (first + i) * step);
}

/** An estimate with both ends of its interval, of which either may be open. */
export const drawableRow = (row: IntervalRow): boolean =>
  drawable(row.estimate) && !Number.isNaN(row.low) && !Number.isNaN(row.high);
