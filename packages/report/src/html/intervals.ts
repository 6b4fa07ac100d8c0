import { drawable, drawableRow, intervalRange, ticks } from '../chart-range.ts';
import type { IntervalsChart } from '../model.ts';
import { formatNumber } from '../text.ts';
import { fitted, label, line, px, svg } from './svg.ts';

const LEFT = 200;
const RIGHT = 620;
const WIDTH = 820;
const ROW = 28;
const TOP = 10;

/** A forest plot: one row an estimate, with its interval and the line that it must keep to. */
export function intervalsSvg(chart: IntervalsChart): string {
  const range = intervalRange(chart.rows);
  const at = (value: number) =>
    LEFT +
    ((Math.max(range[0], Math.min(range[1], value)) - range[0]) / (range[1] - range[0])) * (RIGHT - LEFT);
  const bottom = TOP + chart.rows.length * ROW;
  const axis = ticks(range).flatMap((tick) => [
    line(at(tick), TOP, at(tick), bottom, 'grid'),
    label(at(tick), bottom + 16, formatNumber(tick), 'middle', 'axis'),
  ]);
  const rows = chart.rows.flatMap((row, i) => {
    const y = TOP + i * ROW + ROW / 2;
    const css = row.state ?? 'info';
    const text = `${formatNumber(row.estimate)} (${formatNumber(row.low)} … ${formatNumber(row.high)})`;
    const drawn = drawableRow(row)
      ? [
          line(at(row.low), y, at(row.high), y, `interval ${css}`),
          ...(Number.isFinite(row.low)
            ? [line(at(row.low), y - 5, at(row.low), y + 5, `interval ${css}`)]
            : []),
          ...(Number.isFinite(row.high)
            ? [line(at(row.high), y - 5, at(row.high), y + 5, `interval ${css}`)]
            : []),
          `<circle cx="${px(at(row.estimate))}" cy="${px(y)}" r="4.5" class="${css}"/>`,
        ]
      : [];
    return [
      fitted(LEFT - 12, y + 4, row.label, 'end', 26),
      ...drawn,
      ...(drawable(row.threshold)
        ? [line(at(row.threshold), y - ROW / 2 + 2, at(row.threshold), y + ROW / 2 - 2, 'threshold')]
        : []),
      fitted(RIGHT + 12, y + 4, text, 'start', 30),
    ];
  });
  return svg(WIDTH, bottom + 26, chart.title, [...axis, ...rows]);
}
