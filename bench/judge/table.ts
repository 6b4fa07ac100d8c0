import type { CellResult } from './cell.ts';

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 && share > 0 ? 2 : 0)} %`;
const number = (n: number | null | undefined, digits = 0) =>
  n === null || n === undefined ? '-' : n.toFixed(digits);

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Scenarios in which nothing is wrong: who rolls back all the same. */
export function nullTable(results: readonly CellResult[]): string {
  return markdown(
    ['judge', 'scenario', 'requests/s', 'runs', 'false', 'share', '95 % interval', 'completed', 'minutes'],
    results.map((r) => [
      r.contender,
      r.scenario,
      String(r.rate),
      String(r.runs),
      String(r.falseCount),
      percent(r.falseRollbacks),
      `${percent(r.falseInterval.lower)} to ${percent(r.falseInterval.upper)}`,
      percent(r.completed),
      number(r.medianCompletion),
    ]),
  );
}

/** Faults: when they are found and what they served until then. */
export function faultTable(results: readonly CellResult[]): string {
  return markdown(
    [
      'judge',
      'fault',
      'requests/s',
      'runs',
      'found',
      'promoted',
      'minutes: median',
      'P90',
      'requests',
      'x Wald',
      'mean x Wald',
      'x reference',
    ],
    results.map((r) => [
      r.contender,
      r.scenario,
      String(r.rate),
      String(r.runs),
      percent(r.found ?? 0),
      percent(r.completed),
      number(r.medianDelay),
      number(r.p90Delay),
      number(r.medianExposed),
      number(r.timesWald, 2),
      number(r.timesWaldMean, 2),
      number(r.timesReference, 2),
    ]),
  );
}
