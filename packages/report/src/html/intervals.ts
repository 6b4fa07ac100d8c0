import { drawable, drawableRow, intervalRange, ticks } from '../chart-range.ts';
import type { IntervalRow, IntervalsChart } from '../model.ts';
import { formatNumber, inside } from '../text.ts';
import { escapeHtml } from './escape.ts';

/** Height of a row's drawing. */
const HEIGHT = 30;
const MIDDLE = HEIGHT / 2;

/**
 * A forest plot: one row an estimate, with its interval and the line that it must keep to. The drawing is as wide as there is room;
 * places in it are percentages, so that text and marks keep their size.
 */
export function intervalsHtml(chart: IntervalsChart): string {
  const range = intervalRange(chart.rows);
  const at = (value: number): string => {
    const share = (Math.max(range[0], Math.min(range[1], value)) - range[0]) / (range[1] - range[0]);
    // room for the marks at both ends
    return `${Math.round((2 + share * 96) * 100) / 100}%`;
  };
  const marks = ticks(range);
  const grid = marks.map((tick) => upright(at(tick), 0, HEIGHT, 'grid')).join('');
  const axis = marks
    .map(
      (tick) =>
        `<text x="${at(tick)}" y="14" text-anchor="middle" class="axis">${escapeHtml(formatNumber(Number(tick.toPrecision(12))))}</text>`,
    )
    .join('');
  return [
    '<div class="forest">',
    ...chart.rows.map((row) => rowHtml(row, grid, at)),
    `<div class="forest-row forest-axis"><span></span><svg width="100%" height="20" aria-hidden="true">${axis}</svg><span></span></div>`,
    '</div>',
  ].join('\n');
}

function rowHtml(row: IntervalRow, grid: string, at: (value: number) => string): string {
  const css = row.state ?? 'info';
  const shown = inside(row.low, row.high);
  const value = `${shown(row.estimate)} (${shown(row.low)} … ${shown(row.high)})`;
  const end = (bound: number) =>
    Number.isFinite(bound) ? upright(at(bound), MIDDLE - 5, MIDDLE + 5, `interval ${css}`) : '';
  const drawn = drawableRow(row)
    ? `<line x1="${at(row.low)}" y1="${MIDDLE}" x2="${at(row.high)}" y2="${MIDDLE}" class="interval ${css}"/>${end(row.low)}${end(row.high)}<circle cx="${at(row.estimate)}" cy="${MIDDLE}" r="5" class="${css}"/>`
    : '';
  const threshold = drawable(row.threshold) ? upright(at(row.threshold), 2, HEIGHT - 2, 'threshold') : '';
  return [
    '<div class="forest-row">',
    `<span class="forest-name" dir="auto">${escapeHtml(row.label)}</span>`,
    `<svg width="100%" height="${HEIGHT}" role="img" aria-label="${escapeHtml(`${row.label}: ${value}`)}">${grid}${threshold}${drawn}</svg>`,
    `<span class="forest-value">${escapeHtml(value)}</span>`,
    '</div>',
  ].join('\n');
}

const upright = (x: string, y1: number, y2: number, css: string): string =>
  `<line x1="${x}" y1="${y1}" x2="${x}" y2="${y2}" class="${css}"/>`;
