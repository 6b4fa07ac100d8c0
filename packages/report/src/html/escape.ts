import type { Cell } from '../model.ts';
import { clean, formatNumber, safeLink, spans } from '../text.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Literal text as HTML or XML, in an element or in a quoted attribute. */
export const escapeHtml = (text: string): string => clean(text).replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);

export function inline(cell: Cell): string {
  if (typeof cell === 'number') return escapeHtml(formatNumber(cell));
  return spans(cell)
    .map((span) => {
      if (typeof span === 'string') return lines(span);
      if ('code' in span) return `<code>${escapeHtml(span.code)}</code>`;
      if ('state' in span) return `<span class="badge ${span.state}">${escapeHtml(span.text)}</span>`;
      if ('strong' in span) return `<strong>${lines(span.strong)}</strong>`;
      const link = safeLink(span.link);
      return link
        ? `<a href="${escapeHtml(link)}" rel="noopener noreferrer">${escapeHtml(span.text)}</a>`
        : escapeHtml(span.text);
    })
    .join('');
}

const lines = (text: string) => escapeHtml(text).replace(/\n/g, '<br>');
