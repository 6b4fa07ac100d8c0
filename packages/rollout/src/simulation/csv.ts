import { quote, UserError } from '@sluice/contract';
import type { Counts, Minute, Slot } from '../observations/minute.ts';

const HEADER = 'minute,version,requests,errors';

/**
 * Reads recorded traffic: a CSV with the header `minute,version,requests,errors` and columns `le_<ms>` (requests that took at most that
 * long). `minute` counts minutes, or is an ISO time; `version` is `stable` or `canary`. A minute without a row of a version that has rows
 * elsewhere in the same minute served none of it. Throws a `UserError` with the line at fault.
 */
export function parseTrafficCsv(text: string, source: string): Minute[] {
  const lines = text.split(/\r?\n/);
  const header = cellsOf((lines[0] ?? '').replace(/^\uFEFF/, ''));
  const bounds = checkHeader(header, source);
  const rows = new Map<number, Partial<Record<Slot, Counts>>>();
  lines.slice(1).forEach((line, i) => {
    if (line.trim() === '') return;
    const { start, slot, counts } = readRow(line, header, bounds, `${source}:${i + 2}`);
    const row = rows.get(start) ?? {};
    if (row[slot]) throw new UserError(`${source}:${i + 2}: a second row of ${slot} in this minute`);
    rows.set(start, { ...row, [slot]: counts });
  });
  const none: Counts = { requests: 0, errors: 0 };
  return [...rows.entries()]
    .sort(([a], [b]) => a - b)
    .map(([start, { stable = none, canary = none }]) => ({ start, stable, canary }));
}

/** No value of a recording holds a comma, so quotes are all that a spreadsheet may have added. */
const cellsOf = (line: string): string[] => line.split(',').map((c) => c.trim().replace(/^"(.*)"$/, '$1'));

interface Bound {
  readonly column: number;
  readonly ms: number;
}

function checkHeader(header: readonly string[], source: string): Bound[] {
  if (header.slice(0, 4).join(',') !== HEADER)
    throw new UserError(
      `${source}:1: the header is ${quote(header.join(','))}; expected ${HEADER}, then columns le_<ms>`,
    );
  const bounds = header.slice(4).map((name, i) => {
    const m = /^le_(\d+(?:\.\d+)?|\+?inf)$/i.exec(name);
    if (!m)
      throw new UserError(
        `${source}:1: column ${quote(name)} is not known; expected le_<ms>, such as le_500`,
      );
    return { column: i + 4, ms: /inf/i.test(m[1] as string) ? Number.POSITIVE_INFINITY : Number(m[1]) };
  });
  bounds.sort((a, b) => a.ms - b.ms);
  const twice = bounds.find((b, i) => b.ms === bounds[i - 1]?.ms);
  if (twice)
    throw new UserError(
      `${source}:1: column ${quote(header[twice.column] as string)} is given twice; each le_<ms> counts once`,
    );
  return bounds.filter((b) => Number.isFinite(b.ms));
}

function readRow(line: string, header: readonly string[], bounds: readonly Bound[], where: string) {
  const cells = cellsOf(line);
  if (cells.length !== header.length)
    throw new UserError(
      `${where}: ${cells.length} cells where the header has ${header.length}, perhaps cut off`,
    );
  const count = (column: number): number => {
    const cell = cells[column] as string;
    if (!/^\d+(\.\d+)?$/.test(cell))
      throw new UserError(`${where}: ${header[column]} is ${quote(cell)}, expected a count`);
    return Number(cell);
  };
  const slot = cells[1];
  if (slot !== 'stable' && slot !== 'canary')
    throw new UserError(`${where}: version is ${quote(slot ?? '')}, expected stable or canary`);
  const latency =
    bounds.length > 0
      ? { latency: { bounds: bounds.map((b) => b.ms), cumulative: bounds.map((b) => count(b.column)) } }
      : {};
  const counts: Counts = { requests: count(2), errors: count(3), ...latency };
  return { start: startOf(cells[0] as string, where), slot: slot as Slot, counts };
}

/** Milliseconds of the year 5138; a number as large counts microseconds, or less. */
const TOO_FINE = 1e14;

const ISO_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?$/;

function startOf(cell: string, where: string): number {
  const index = /^-?\d+(\.0*)?$/.test(cell) ? Number(cell) : Number.NaN;
  // seconds since 1970 of any year since 2001, else a count of minutes
  if (Math.abs(index) >= TOO_FINE)
    throw new UserError(
      `${where}: minute is ${quote(cell)}; a time since 1970 is given in seconds or milliseconds, not finer`,
    );
  if (Number.isFinite(index))
    return Math.abs(index) >= 1e12 ? index : Math.abs(index) >= 1e9 ? index * 1000 : index * 60_000;
  const iso = ISO_TIME.exec(cell);
  // without a zone it is UTC, so that a change of the clocks here makes no gap
  const time = iso ? Date.parse(`${iso[1]}T${iso[2]}${iso[3] ?? 'Z'}`) : Number.NaN;
  if (Number.isNaN(time))
    throw new UserError(`${where}: minute is ${quote(cell)}, expected a count of minutes or an ISO time`);
  return time;
}
