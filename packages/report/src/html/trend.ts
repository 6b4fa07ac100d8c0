import { drawable, ticks } from '../chart-range.ts';
import type { TrendChart } from '../model.ts';
import { formatNumber } from '../text.ts';
import { escapeHtml } from './escape.ts';
import { label, line, px, svg } from './svg.ts';

const WIDTH = 300;
const HEIGHT = 132;
const LEFT = 46;
const RIGHT = 288;
const TOP = 10;
const BOTTOM = 108;

/** Small charts beside each other, one a figure; the last point is the one that is judged. */
export function trendHtml({ names, series }: TrendChart): string {
  const charts = series
    .filter(({ values }) => values.some((value) => value !== null && drawable(value)))
    .map(({ name, values, threshold }) => {
      const last = values.at(-1);
      const shown = last === null || last === undefined ? '' : formatNumber(last);
      return [
        '<div class="small">',
        `<div class="small-title"><span>${escapeHtml(name)}</span><strong>${escapeHtml(shown)}</strong></div>`,
        smallSvg(name, names, values, threshold),
        '</div>',
      ].join('\n');
    });
  return charts.length === 0 ? '' : `<div class="smalls">${charts.join('\n')}</div>`;
}

function smallSvg(
  name: string,
  names: readonly string[],
  values: readonly (number | null)[],
  threshold: number | undefined,
): string {
  const points = values.flatMap((y, x) => (y !== null && drawable(y) ? [{ x, y }] : []));
  const range = scale([...points.map((p) => p.y), ...(drawable(threshold) ? [threshold] : [])]);
  const x = (at: number) => LEFT + 8 + (at / Math.max(1, names.length - 1)) * (RIGHT - LEFT - 16);
  const y = (value: number) => BOTTOM - ((value - range[0]) / (range[1] - range[0])) * (BOTTOM - TOP);
  const last = points.at(-1);
  const grid = ticks(range, 3).flatMap((tick) => [
    line(LEFT, y(tick), RIGHT, y(tick), 'grid'),
    label(LEFT - 6, y(tick) + 4, formatNumber(Number(tick.toPrecision(12))), 'end', 'axis'),
  ]);
  const dots = points.map(
    (p) =>
      `<g><title>${escapeHtml(`${names[p.x] ?? ''}: ${formatNumber(p.y)}`)}</title><circle cx="${px(x(p.x))}" cy="${px(y(p.y))}" r="${p === last ? 5 : 3}" class="dot${p === last ? ' last' : ''}"/></g>`,
  );
  return svg(WIDTH, HEIGHT, `${name}: ${points.map((p) => formatNumber(p.y)).join(', ')}`, [
    ...grid,
    ...(drawable(threshold) ? [line(LEFT, y(threshold), RIGHT, y(threshold), 'threshold')] : []),
    `<polyline points="${points.map((p) => `${px(x(p.x))},${px(y(p.y))}`).join(' ')}" class="series s0"/>`,
    ...dots,
    label(LEFT, BOTTOM + 18, short(names[0] ?? ''), 'start', 'axis'),
    label(RIGHT, BOTTOM + 18, short(names.at(-1) ?? ''), 'end', 'axis'),
  ]);
}

/** A scale that holds all values, never a point. */
function scale(values: readonly number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = high > low ? (high - low) * 0.12 : Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** Names of versions begin alike: their ends tell them apart. */
const short = (name: string): string => (name.length > 20 ? `…${name.slice(-18)}` : name);
