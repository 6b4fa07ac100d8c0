import type { CellResult } from './cell.ts';

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT] = [780, 420, 70, 60, 40, 200];
const COLOURS = [
  '#0b6e4f',
  '#2a9d8f',
  '#8ab17d',
  '#5c677d',
  '#e76f51',
  '#c1121f',
  '#f4a261',
  '#bc6c25',
  '#6a4c93',
  '#111111',
];

interface Point {
  readonly judge: string;
  readonly worst: number;
  readonly delay: number;
}

/** The least that the axis shows: no false rollback was seen. */
const LEAST = 0.001;

function points(results: readonly CellResult[], fault: string, rate: number): Point[] {
  return [...new Set(results.map((r) => r.contender))].flatMap((judge) => {
    const mine = results.filter((r) => r.contender === judge && r.rate === rate);
    const nulls = mine.filter((r) => r.found === undefined);
    const delay = mine.find((r) => r.scenario === fault)?.medianDelay;
    if (nulls.length === 0 || delay === null || delay === undefined) return [];
    return [{ judge, worst: Math.max(...nulls.map((r) => r.falseRollbacks)), delay }];
  });
}

const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Each judge as a point: its worst share of false rollbacks over the scenarios where nothing is wrong (right is worse) and the median
 * minutes until `fault` is found (up is worse), both on log scales. The dashed line is 1 %.
 */
export function plot(results: readonly CellResult[], fault: string, rate: number): string {
  const all = points(results, fault, rate);
  const most = Math.max(10, ...all.map((p) => p.delay));
  const x = (share: number) =>
    LEFT + ((WIDTH - LEFT - RIGHT) * Math.log(Math.max(share, LEAST) / LEAST)) / Math.log(1 / LEAST);
  const y = (minutes: number) =>
    HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * Math.log(Math.max(1, minutes))) / Math.log(most);
  const text = (px: number, py: number, words: string, more = '') =>
    `<text x="${px.toFixed(1)}" y="${py.toFixed(1)}" ${more}>${xml(words)}</text>`;
  const ticks = [0.001, 0.01, 0.1, 1].map((s) =>
    text(x(s), HEIGHT - BOTTOM + 18, s === LEAST ? '≤ 0.1 %' : `${100 * s} %`, 'text-anchor="middle"'),
  );
  const rows = [1, 3, 10, 30, 100, 300, 1000]
    .filter((m) => m <= most)
    .map((m) => text(LEFT - 8, y(m) + 4, String(m), 'text-anchor="end"'));
  const marks = all.map((p, i) => {
    const colour = COLOURS[i % COLOURS.length];
    // a judge that lies on another is drawn into it
    const below = all.slice(0, i).filter((q) => q.worst === p.worst && q.delay === p.delay).length;
    const size = below === 0 ? 6 : 6 / (1 + below);
    return `<circle cx="${x(p.worst).toFixed(1)}" cy="${y(p.delay).toFixed(1)}" r="${size}" fill="${colour}"/><circle cx="${WIDTH - RIGHT + 22}" cy="${TOP + 22 * i}" r="6" fill="${colour}"/>${text(WIDTH - RIGHT + 36, TOP + 22 * i + 4, p.judge)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<title>${xml(`${fault}, ${rate} requests/s: false rollbacks and delay of each judge`)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    text(LEFT, 20, `${fault}, ${rate} requests/s`, 'font-size="14"'),
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}" fill="none" stroke="black"/>`,
    `<path d="M${x(0.01).toFixed(1)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#999" stroke-dasharray="4 4"/>`,
    ...ticks,
    ...rows,
    text(
      (LEFT + WIDTH - RIGHT) / 2,
      HEIGHT - 18,
      'worst share of good canaries rolled back',
      'text-anchor="middle"',
    ),
    text(
      14,
      HEIGHT / 2,
      'median minutes to the rollback',
      `text-anchor="middle" transform="rotate(-90 14 ${HEIGHT / 2})"`,
    ),
    ...marks,
    '</svg>',
    '',
  ].join('\n');
}
