import type { Cell, Compare, ComparedSide, Table } from '../model.ts';

/** Longest text of a cell, in characters: a whole answer would make a row of a page. */
const SHOWN = 300;

/** Pairs of texts as rows: what they are about, then each side with its note. */
export function compareTable({ before, after, items }: Compare): Table {
  const parts = [...new Set(items.flatMap(({ about }) => about.map(([name]) => name)))];
  const side = ({ text, note, state }: ComparedSide): Cell[] => [
    cut(text),
    state ? [{ state, text: note }] : note,
  ];
  return {
    type: 'table',
    columns: [...parts, before, '', after, ''],
    rows: items.map((item) => [
      ...parts.map((part) => cut(item.about.find(([name]) => name === part)?.[1] ?? '')),
      ...side(item.before),
      ...side(item.after),
    ]),
  };
}

const cut = (text: string): string => {
  const characters = [...text];
  return characters.length > SHOWN ? `${characters.slice(0, SHOWN).join('')}…` : text;
};
