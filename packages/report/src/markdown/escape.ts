import type { Cell } from '../model.ts';
import { clean, formatNumber, STATE_MARKS, safeLink, spans } from '../text.ts';

/**
 * Literal text as GitHub- and GitLab-flavoured Markdown, on one line. Mentions (`@name`) and references (`#12`) are
 * broken up, so that a report never notifies anybody; `::` is escaped, so that a log never takes it for a command.
 */
export function escapeMarkdown(text: string): string {
  return clean(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]|~$]/g, '\\$&')
    .replace(/::/g, '\\:\\:')
    .replace(/^(\s*)([-+=#])(?=[\s=#+-]|$)/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])(?=\s|$)/gm, '$1\\$2')
    .replace(/([@!%])(?=[\p{L}\p{N}_])/gu, '$1<!-- -->')
    .replace(/#(?=\d)/g, '#<!-- -->')
    .replace(/\t/g, ' ')
    .replace(/\n/g, '<br>')
    .trim();
}

/** A code span, also inside a table. */
export function codeSpan(text: string): string {
  const line = clean(text)
    .replace(/[\n\t]/g, ' ')
    .replace(/\|/g, '\\|');
  if (line.trim() === '') return '';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A fenced block as its first line, its lines, its last line. */
export function fence(language: string, text: string): { open: string; lines: string[]; close: string } {
  const body = clean(text).replace(/\n+$/, '');
  const mark = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return { open: mark + language.replace(/[^\w+#.-]/g, ''), lines: body.split('\n'), close: mark };
}

/** A cell of a table, a value of a fact, a paragraph. */
export function inline(cell: Cell): string {
  if (typeof cell === 'number') return escapeMarkdown(formatNumber(cell));
  return spans(cell)
    .map((span) => {
      if (typeof span === 'string') return edged(span);
      if ('code' in span) return codeSpan(span.code);
      if ('state' in span) return `${STATE_MARKS[span.state]} ${escapeMarkdown(span.text)}`;
      if ('strong' in span) return span.strong.trim() === '' ? '' : `**${escapeMarkdown(span.strong)}**`;
      const link = safeLink(span.link);
      const shown = escapeMarkdown(span.text);
      return link ? `[${shown}](<${link.replace(/[<>|]/g, encodeURIComponent)}>)` : shown;
    })
    .join('');
}

/** Blanks between spans are part of the text. */
const edged = (text: string) =>
  (/^\s/.test(text) ? ' ' : '') + escapeMarkdown(text) + (/\S\s+$/.test(text) ? ' ' : '');

const longestRun = (text: string) => Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
