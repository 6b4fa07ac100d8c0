import { quote, UserError } from '@sluice/contract';

/** A time of day in which the weight may (or, with `not`, may not) grow. */
export interface StageWindow {
  readonly not: boolean;
  /** Minutes after midnight; `from > to` spans midnight. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

const PATTERN = /^(not )?([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d) (\S+)$/;

/** Reads `not 18:00-23:00 Asia/Shanghai` or `09:00-17:00 Europe/Berlin`. */
export function parseWindow(text: string): StageWindow {
  const m = PATTERN.exec(text);
  const allowed =
    "allowed: '[not ]<hh:mm>-<hh:mm> <IANA time zone>', such as 'not 18:00-23:00 Asia/Shanghai'";
  if (!m) throw new UserError(`window ${quote(text)} is not a time of day; ${allowed}`);
  const zone = m[6] as string;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new UserError(`window ${quote(text)}: ${quote(zone)} is not a time zone; ${allowed}`);
  }
  const window = {
    not: m[1] !== undefined,
    from: Number(m[2]) * 60 + Number(m[3]),
    to: Number(m[4]) * 60 + Number(m[5]),
    zone,
  };
  if (window.from === window.to) throw new UserError(`window ${quote(text)} is empty; ${allowed}`);
  return window;
}

function minuteOfDay(now: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const of = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  return of('hour') * 60 + of('minute');
}

/** The first window that forbids a move now, as text; nothing where all allow it. `now` in ms epoch. */
export function closedWindow(windows: readonly string[], now: number): string | undefined {
  return windows.find((text) => {
    const { not, from, to, zone } = parseWindow(text);
    const t = minuteOfDay(now, zone);
    const inside = from < to ? t >= from && t < to : t >= from || t < to;
    return inside === not;
  });
}
