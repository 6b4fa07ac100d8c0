import type { Sheet } from './sheet.ts';

/**
 * The sheet as CSV (RFC 4180, UTF-8 with its mark, which spreadsheets need for Chinese): one row a card, `rating`,
 * `comment` and `reviewer` left to be filled in.
 */
export function sheetCsv({ form, sample, cards }: Sheet): string {
  const answers = form === 'pairs' ? ['answer_a', 'answer_b'] : ['answer'];
  const header = ['sample', 'card', 'input', 'reference', ...answers, 'rating', 'comment', 'reviewer'];
  const rows = cards.map((card) => [
    sample,
    card.id,
    ...[card.input, card.reference, ...card.answers].map(harmless),
    '',
    '',
    '',
  ]);
  return `\ufeff${[header, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')}`;
}

/** A spreadsheet would run a text that starts like a formula. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
