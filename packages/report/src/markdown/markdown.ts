import type { Report } from '../model.ts';
import { STATE_MARKS, verdictWord } from '../text.ts';
import { byteLength } from './bytes.ts';
import { escapeMarkdown } from './escape.ts';
import { piecesOf } from './pieces.ts';
import { shorten } from './shorten.ts';

export interface MarkdownOptions {
  /** The result has at most so many bytes of UTF-8, whatever the report holds. Default: no limit. */
  readonly maxBytes?: number;
  /** Where the whole report lies, for the last line of a shortened one, such as a path or an address. */
  readonly whole?: string;
}

/** The report as Markdown for a job summary or a comment: verdict first, charts as Mermaid and tables. */
export function toMarkdown(report: Report, options: MarkdownOptions = {}): string {
  const max = Math.max(0, options.maxBytes ?? Infinity);
  const whole = options.whole
    ? `The whole report: ${escapeMarkdown(options.whole)}`
    : 'The whole report is in its HTML file.';
  const limit = max === Infinity ? Number.MAX_SAFE_INTEGER : Math.floor(max);
  return shorten(headOf(report), piecesOf(report.blocks, limit), whole, limit) ?? verdictAlone(report, limit);
}

function headOf({ title, verdict }: Report): string {
  return `## ${escapeMarkdown(title)}\n\n${STATE_MARKS[verdict.state]} **${escapeMarkdown(verdictWord(verdict))}.** ${escapeMarkdown(verdict.sentence)}`;
}

/** Where not even the title fits: as much of the verdict as there is room for, cut between characters. */
function verdictAlone({ verdict }: Report, limit: number): string {
  const word = verdictWord(verdict);
  const characters = [...verdict.sentence];
  const text = (n: number) =>
    `**${word}.** ${escapeMarkdown(characters.slice(0, n).join(''))}${n < characters.length ? '…' : ''}`;
  let length = Math.min(characters.length, limit);
  while (length > 0 && byteLength(text(length)) > limit) length = Math.floor(length * 0.9);
  if (byteLength(text(length)) <= limit) return text(length);
  return byteLength(word) <= limit ? word : '';
}
