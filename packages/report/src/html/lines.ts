import { drawable, finitePoints, lineRange, ticks } from '../chart-range.ts';
import type { LineChart } from '../model.ts';
import { formatNumber } from '../text.ts';
import { cut, label, line, px, svg } from './svg.ts';

const WIDTH = 820;
const LEFT = 64;
const RIGHT = 800;
/** Half of the widest label of an axis, less what is right of it. */
const ROOM = 20;
const TOP = 12;
const BOTTOM = 232;
/** More points than pixels cannot be seen and would fill the file. */
const MAX_POINTS = 800;

/** Values over time or steps, with dashed lines that they must keep to. Empty where there is nothing finite to draw. */
export function linesSvg(chart: LineChart): string {
  const range = lineRange(chart);
  if (!range) return '';
  const width = range.x[1] - range.x[0] || 1;
  const x = (value: number) => LEFT + ((value - range.x[0]) / width) * (RIGHT - LEFT);
  const y = (value: number) => BOTTOM - ((value - range.y[0]) / (range.y[1] - range.y[0])) * (BOTTOM - TOP);
  // a Date reaches 8.64e15 ms from 1970 in both directions
  const time = chart.x === 'time' && range.x.every((ms) => Math.abs(ms) <= 8.64e15);
  const xTicks = time ? timeTicks(range.x) : ticks(range.x, 8);
  const shownX = (value: number) => (time ? clockTime(value, width) : formatNumber(value));
  const grid = [
    ...ticks(range.y).flatMap((tick) => [
      line(LEFT, y(tick), RIGHT, y(tick), 'grid'),
      label(LEFT - 8, y(tick) + 4, formatNumber(Number(tick.toPrecision(12))), 'end', 'axis'),
    ]),
    // a label in the middle of the right end would be cut off
    ...xTicks.map((tick) =>
      x(tick) > RIGHT - ROOM
        ? label(WIDTH - 2, BOTTOM + 18, shownX(tick), 'end', 'axis')
        : label(x(tick), BOTTOM + 18, shownX(tick), 'middle', 'axis'),
    ),
    line(LEFT, BOTTOM, RIGHT, BOTTOM, 'grid'),
  ];
  const series = chart.series.flatMap((s, i) => {
    const points = thinned(finitePoints(s.points));
    const css = `series s${i % 6}`;
    if (points.length === 1)
      return points.map((p) => `<circle cx="${px(x(p.x))}" cy="${px(y(p.y))}" r="3" class="${css}"/>`);
    return [
      `<polyline points="${points.map((p) => `${px(x(p.x))},${px(y(p.y))}`).join(' ')}" class="${css}"/>`,
    ];
  });
  const thresholds = (chart.thresholds ?? [])
    .filter((t) => drawable(t.y))
    .flatMap((t) => [
      line(LEFT, y(t.y), RIGHT, y(t.y), 'threshold'),
      label(RIGHT, y(t.y) - 5, t.label, 'end', 'axis'),
    ]);
  const legend = chart.series.flatMap((s, i) => {
    const left = LEFT + (i % 4) * 184;
    const top = BOTTOM + 42 + Math.floor(i / 4) * 20;
    return [
      line(left, top - 4, left + 18, top - 4, `series s${i % 6}`),
      label(left + 24, top, cut(s.name, 20), 'start'),
    ];
  });
  const height = BOTTOM + 52 + Math.floor(Math.max(0, chart.series.length - 1) / 4) * 20;
  return svg(WIDTH, height, chart.title, [...grid, ...thresholds, ...series, ...legend]);
}

/** At most {@link MAX_POINTS} points; of each group the lowest and the highest stay, so that no spike is lost. */
function thinned<P extends { readonly y: number }>(points: readonly P[]): readonly P[] {
  if (points.length <= MAX_POINTS) return points;
  const size = Math.ceil((points.length * 2) / MAX_POINTS);
  const kept: P[] = [];
  for (let i = 0; i < points.length; i += size) {
    const group = points.slice(i, i + size);
    const low = group.reduce((a, b) => (b.y < a.y ? b : a));
    const high = group.reduce((a, b) => (b.y > a.y ? b : a));
    kept.push(...(group.indexOf(low) <= group.indexOf(high) ? [low, high] : [high, low]));
  }
  return kept;
}

const STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1000);

function timeTicks([from, to]: readonly [number, number]): number[] {
  const step =
    STEPS.find((s) => (to - from) / s <= 8) ?? Math.ceil((to - from) / 8 / 86_400_000) * 86_400_000;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}

/** The time of day in UTC; with seconds on a scale under ten minutes, with the day on one over a day. */
function clockTime(ms: number, width: number): string {
  const date = new Date(ms);
  const iso = date.toISOString();
  if (width < 600_000) return iso.slice(11, 19);
  return width <= 86_400_000 ? iso.slice(11, 16) : iso.slice(5, 16).replace('T', ' ');
}
