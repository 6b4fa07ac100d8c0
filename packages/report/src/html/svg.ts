import { escapeHtml } from './escape.ts';

/** A number in SVG: two decimals are a hundredth of a pixel. */
export const px = (value: number): string => String(Math.round(value * 100) / 100);

/** One SVG drawing with its description for screen readers. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return [
    `<svg viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" role="img" aria-label="${escapeHtml(title)}">`,
    `<title>${escapeHtml(title)}</title>`,
    ...parts,
    '</svg>',
  ].join('\n');
}

export function line(x1: number, y1: number, x2: number, y2: number, css: string): string {
  return `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="${css}"/>`;
}

export function label(
  x: number,
  y: number,
  text: string,
  anchor: 'start' | 'middle' | 'end',
  css = 'label',
): string {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" class="${css}">${escapeHtml(text)}</text>`;
}

/** Text that has so many columns of room; the whole of it stands in a tooltip where it is cut. */
export function fitted(x: number, y: number, text: string, anchor: 'start' | 'end', columns: number): string {
  const shown = cut(text, columns);
  if (shown === text) return label(x, y, text, anchor);
  return `<g><title>${escapeHtml(text)}</title>${label(x, y, shown, anchor)}</g>`;
}

/** About so many columns of text, counting East Asian characters as two. */
export function cut(text: string, columns: number): string {
  let used = 0;
  let shown = '';
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) return `${shown.trimEnd()}…`;
    shown += character;
  }
  return text;
}

/** Columns that a text takes in a fixed-width font: East Asian wide characters and emoji take two. */
export function columnsOf(text: string): number {
  let sum = 0;
  for (const character of text)
    sum +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  return sum;
}
