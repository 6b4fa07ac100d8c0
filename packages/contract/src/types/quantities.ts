import { Invalid, type Type } from '../type.ts';
import { WHY_EMPTY } from './words.ts';

/** A share of 100, at most two decimals: routers split in basis points. */
export type Percent = number;
export const percent: Type<Percent> = {
  name: 'Percent',
  rule: 'a number from 0 to 100 with at most 2 decimals',
  parse: (t) => {
    const m = /^(\d{1,3})(\.\d{1,2})?$/.exec(t);
    if (!m || Number(t) > 100)
      throw new Invalid('is not a percentage', t.endsWith('%') ? 'leave out the % sign' : undefined);
    return Number(t);
  },
  format: (v) => String(Math.round(v * 100) / 100),
  schema: { type: 'number', minimum: 0, maximum: 100, multipleOf: 0.01 },
  typing: { type: 'float' },
};

/** A time span in milliseconds. */
export type Duration = number;
const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
export const duration: Type<Duration> = {
  name: 'Duration',
  rule: 'a number and its unit: ms, s, m, h or d (30s, 1.5h)',
  parse: (t) => {
    const m = /^(\d{1,12}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(t);
    if (!m) {
      const bare = /^\d+(\.\d+)?$/.test(t);
      throw new Invalid(
        bare ? `has no unit: ${t} what?` : 'is not a duration',
        bare ? `write ${t}s, ${t}m or ${t}h` : undefined,
      );
    }
    return Math.round(Number(m[1]) * UNITS[m[2] as keyof typeof UNITS]);
  },
  format: (v) => {
    const [unit, size] = Object.entries(UNITS).find(([, s]) => v >= s && v % s === 0) ?? ['ms', 1];
    return `${v / size}${unit}`;
  },
  schema: { type: 'string', pattern: '^\\d{1,12}(\\.\\d{1,3})?(ms|s|m|h|d)$' },
  typing: { type: 'string' },
};

/** A time span for people, its two largest units, rounded up to seconds: `59 min 59 s`, `2 d 3 h`, `0 s`. */
export function inWords(ms: Duration): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts: readonly [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  if (first < 0) return '0 s';
  const shown = parts.slice(first, first + 2).filter(([n]) => n > 0);
  return shown.map(([n, unit]) => `${n} ${unit}`).join(' ');
}

/** A model's version: `<name>-v<semver>[-canary-<yyyymmdd>]`. */
export interface Version {
  readonly name: string;
  readonly semver: string;
  readonly canary?: string;
}
const VERSION =
  /^([a-z0-9][a-z0-9._-]*?)-v(\d+\.\d+\.\d+)(?:-canary-(\d{4}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])))?$/;
export const version: Type<Version> = {
  name: 'Version',
  rule: '<name>-v<major>.<minor>.<patch>, optionally -canary-<yyyymmdd> (qwen-7b-chat-v1.2.0-canary-20250405)',
  parse: (t) => {
    if (t === '') throw new Invalid('is empty', WHY_EMPTY);
    const m = VERSION.exec(t);
    if (!m)
      throw new Invalid(
        'is not a version',
        /^v?\d+\.\d+/.test(t) ? 'put the name of the model before it: qwen-7b-chat-v1.2.0' : undefined,
      );
    return { name: m[1] as string, semver: m[2] as string, ...(m[3] ? { canary: m[3] } : {}) };
  },
  format: (v) => `${v.name}-v${v.semver}${v.canary ? `-canary-${v.canary}` : ''}`,
  schema: { type: 'string', pattern: VERSION.source },
  typing: { type: 'string' },
  wired: true,
};

/** A moment in UTC, whole seconds. */
export const instant: Type<Date> = {
  name: 'Instant',
  rule: 'a moment in UTC as in 2026-01-31T18:00:00Z',
  parse: (t) => {
    const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(t) ? Date.parse(t) : Number.NaN;
    if (Number.isNaN(ms)) throw new Invalid('is not a moment in UTC');
    return new Date(ms);
  },
  format: (v) => v.toISOString().replace(/\.\d{3}Z$/, 'Z'),
  schema: { type: 'string', format: 'date-time' },
  typing: { type: 'string' },
};
