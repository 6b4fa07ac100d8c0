import type { Cell, Text } from './model.ts';

/** Text that every format can hold: no control characters but tab and line feed, no half surrogate pairs, no direction overrides. */
export function clean(text: string): string {
  return (
    text
      .toWellFormed()
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, '\ufffd')
  );
}

/** A number for people: whole ones as they are, others with four significant digits. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size >= 1e15 || size < 1e-4) return value.toExponential(3);
  return size >= 1000 ? value.toFixed(1) : String(Number(value.toPrecision(4)));
}

/**
 * Two ends of an interval, and a value inside it, with as many decimals as its width deserves: four significant digits of it. An open end is
 * `∞`.
 */
export function formatInterval(low: number, high: number, between: string): string {
  const at = inside(low, high);
  return `${at(low)}${between}${at(high)}`;
}

/** How values inside an interval are written. */
export function inside(low: number, high: number): (value: number) => string {
  const width = high - low;
  if (!Number.isFinite(width) || width <= 0) return formatNumber;
  const decimals = 3 - Math.floor(Math.log10(width));
  if (decimals < 0 || decimals > 12) return formatNumber;
  return (value) => {
    const rounded = Number(value.toFixed(decimals));
    // an end beside zero is not zero
    return Number.isFinite(value) && (rounded !== 0 || value === 0) ? String(rounded) : formatNumber(value);
  };
}

/** The text of a cell without any marking. */
export function plain(cell: Cell): string {
  if (typeof cell === 'number') return formatNumber(cell);
  return spans(cell)
    .map((span) =>
      typeof span === 'string'
        ? span
        : 'code' in span
          ? span.code
          : 'strong' in span
            ? span.strong
            : span.text,
    )
    .join('');
}

export const spans = (text: Text) => (typeof text === 'string' ? [text] : text);

/** An address that may become a link: `javascript:` and the like may not. */
export function safeLink(address: string): string | undefined {
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? new URL(address).href : undefined;
  return /^[\w./-]+$/.test(address) && !address.includes(':') ? address : undefined;
}

/** A line of a log that no CI host takes for a command: `::error::` and `##[group]` lose their meaning. */
export function logSafe(text: string): string {
  return clean(text)
    .replace(/^(\s*):(?=:)/gm, '$1:\u200b')
    .replace(/##\[/g, '#\u200b#[');
}

export const STATE_WORDS = { pass: 'Passed', fail: 'Failed', undecided: 'Undecided', info: 'Done' } as const;
export const STATE_MARKS = { pass: '✅', fail: '❌', undecided: '⚖️', info: 'ℹ️' } as const;

/** The first word of a report: what was decided. */
export const verdictWord = ({
  state,
  word,
}: {
  readonly state: keyof typeof STATE_WORDS;
  readonly word?: string;
}): string => word ?? STATE_WORDS[state];
