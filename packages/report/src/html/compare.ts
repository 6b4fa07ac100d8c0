import type { Compare, ComparedSide } from '../model.ts';
import { escapeHtml, inline } from './escape.ts';

/** Each pair as a card: what both answer, then the two answers beside each other. */
export function compareHtml({ before, after, items }: Compare): string {
  const side = (name: string, { text, note, state }: ComparedSide) =>
    [
      '<div class="side">',
      `<div class="side-head"><span>${escapeHtml(name)}</span><span class="badge ${state ?? 'plain'}">${escapeHtml(note)}</span></div>`,
      `<div class="answer" dir="auto">${text === '' ? '<span class="soft">nothing</span>' : inline(text)}</div>`,
      '</div>',
    ].join('\n');
  const cards = items.map((item, i) =>
    [
      '<div class="card">',
      `<div class="number">${i + 1}</div>`,
      `<dl>${item.about.map(([name, text]) => `<dt>${escapeHtml(name)}</dt><dd dir="auto">${inline(text)}</dd>`).join('\n')}</dl>`,
      `<div class="sides">${side(before, item.before)}\n${side(after, item.after)}</div>`,
      '</div>',
    ].join('\n'),
  );
  return `<div class="cards">${cards.join('\n')}</div>`;
}
