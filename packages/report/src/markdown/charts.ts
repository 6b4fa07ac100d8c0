import { drawable, drawableRow, finitePoints, intervalRange, lineRange } from '../chart-range.ts';
import type { Block, Chart, IntervalRow, IntervalsChart, LineChart, TrendChart } from '../model.ts';
import { formatInterval, formatNumber } from '../text.ts';
import { mermaidLabel } from './flow.ts';

/** A chart where there is no SVG: a small table with a drawing in characters, or Mermaid's xychart and a table. */
export function chartBlocks(chart: Chart): Block[] {
  if (chart.kind === 'trend') return trendBlocks(chart);
  return chart.kind === 'intervals' ? intervalBlocks(chart) : lineBlocks(chart);
}

const titled = (title: string): Block => ({ type: 'paragraph', text: [{ strong: title }] });

/** One row a figure: its way over the versions, drawn in characters, then its values. */
function trendBlocks({ title, names, series }: TrendChart): Block[] {
  if (series.length === 0) return [];
  return [
    titled(title),
    {
      type: 'table',
      columns: ['', 'trend', ...names, ...(series.some((s) => s.threshold !== undefined) ? ['line'] : [])],
      rows: series.map(({ name, values, threshold }) => [
        name,
        [{ code: drawTrend(values) }],
        ...names.map((_, i) => values[i] ?? '–'),
        threshold ?? '',
      ]),
    },
  ];
}

const BARS = '▁▂▃▄▅▆▇█';

/** `▂▃█`, from the lowest to the highest value; a blank where nothing was measured. */
export function drawTrend(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null && drawable(value)) as number[];
  const low = Math.min(...known);
  const width = Math.max(...known) - low;
  return values
    .map((value) => {
      if (value === null || !drawable(value)) return ' ';
      return BARS[width > 0 ? Math.round(((value - low) / width) * (BARS.length - 1)) : 3] ?? ' ';
    })
    .join('');
}

function intervalBlocks(chart: IntervalsChart): Block[] {
  if (chart.rows.length === 0) return [];
  const range = intervalRange(chart.rows);
  const rows = chart.rows.map((row) => [
    row.label,
    formatNumber(row.estimate),
    formatInterval(row.low, row.high, ' … '),
    row.threshold === undefined ? '' : formatNumber(row.threshold),
    [{ code: drawInterval(row, range) }],
  ]);
  return [
    titled(chart.unit ? `${chart.title} (${chart.unit})` : chart.title),
    {
      type: 'table',
      columns: ['', 'estimate', 'interval', 'line', 'where it lies (│ the line)'],
      rows,
    },
  ];
}

const WIDTH = 33;

/** `├──●──┤` on a scale that all rows share. */
export function drawInterval(row: IntervalRow, range: readonly [number, number]): string {
  const [from, to] = range;
  const at = (value: number) =>
    Math.max(0, Math.min(WIDTH - 1, Math.round(((value - from) / (to - from)) * (WIDTH - 1))));
  const cells: string[] = Array.from({ length: WIDTH }, () => '·');
  if (drawableRow(row)) {
    const low = at(row.low);
    const high = at(row.high);
    for (let i = low; i <= high; i++) cells[i] = '─';
    cells[low] = row.low === -Infinity ? '◄' : '├';
    cells[high] = row.high === Infinity ? '►' : '┤';
    cells[at(row.estimate)] = '●';
  }
  if (drawable(row.threshold)) {
    const line = at(row.threshold);
    cells[line] = cells[line] === '●' ? '◉' : '│';
  }
  return cells.join('');
}

const POINTS = 40;

function lineBlocks(chart: LineChart): Block[] {
  const range = lineRange(chart);
  if (!range) return [];
  const unit = chart.unit ? ` (${chart.unit})` : '';
  const series = chart.series
    .map((s) => ({ name: s.name, points: finitePoints(s.points) }))
    .filter((s) => s.points.length > 0);
  const span = range.x[1] - range.x[0];
  const x =
    chart.x === 'time'
      ? { title: chart.xLabel ?? 'minutes', from: 0, to: span / 60_000 }
      : { title: chart.xLabel ?? 'step', from: range.x[0], to: range.x[1] };
  const number = (value: number) => String(Number(value.toPrecision(6)));
  const drawing = [
    'xychart-beta',
    `  title ${mermaidLabel(chart.title + unit)}`,
    `  x-axis ${mermaidLabel(x.title)} ${number(x.from)} --> ${number(x.to)}`,
    `  y-axis ${number(range.y[0])} --> ${number(range.y[1])}`,
    ...series.map((s) => `  line [${resample(s.points, range.x).map(number).join(', ')}]`),
    ...(chart.thresholds ?? []).map((t) => `  line [${Array(POINTS).fill(number(t.y)).join(', ')}]`),
  ].join('\n');
  const rows = series.map((s) => {
    const values = s.points.map((p) => p.y);
    return [
      s.name,
      values[0] ?? '',
      values.reduce((a, b) => Math.min(a, b)),
      values.reduce((a, b) => Math.max(a, b)),
      values.at(-1) ?? '',
    ];
  });
  const lines = (chart.thresholds ?? []).map((t) => [`${t.label} (line)`, '', '', '', t.y]);
  return [
    titled(chart.title + unit),
    // two equal ends make an axis that Mermaid cannot draw
    ...(span > 0 ? [{ type: 'mermaid', text: drawing } as const] : []),
    {
      type: 'table',
      columns: ['', 'first', 'lowest', 'highest', 'last'],
      rows: [...rows, ...lines],
    },
  ];
}

/** Mermaid draws points at equal distances: the values in between are interpolated. */
export function resample(
  points: readonly { readonly x: number; readonly y: number }[],
  [from, to]: readonly [number, number],
): number[] {
  let i = 0;
  return Array.from({ length: POINTS }, (_, n) => {
    const x = from + ((to - from) * n) / (POINTS - 1);
    while (i < points.length - 1 && (points[i + 1]?.x ?? Infinity) <= x) i++;
    const a = points[i] as { x: number; y: number };
    const b = points[i + 1];
    if (!b || x <= a.x) return a.y;
    return a.y + ((b.y - a.y) * (x - a.x)) / (b.x - a.x);
  });
}
