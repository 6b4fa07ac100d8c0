import type { Block, Table } from '../model.ts';
import { byteLength } from './bytes.ts';
import { chartBlocks } from './charts.ts';
import { compareTable } from './compare.ts';
import { escapeMarkdown, fence, inline } from './escape.ts';
import { flowMermaid } from './flow.ts';

/** A part of a Markdown report that can be shortened without breaking it. */
export type Piece =
  | { readonly kind: 'fixed'; readonly text: string }
  /** `more` rows follow that were not even written, because they cannot fit. */
  | { readonly kind: 'rows'; readonly head: string; readonly rows: readonly string[]; readonly more: number }
  | {
      readonly kind: 'fence';
      readonly open: string;
      readonly lines: readonly string[];
      readonly close: string;
    }
  | {
      readonly kind: 'group';
      readonly open: string;
      readonly pieces: readonly Piece[];
      readonly close: string;
    };

/** The pieces of a report that may have so many bytes; tables are written no further than that. */
export const piecesOf = (blocks: readonly Block[], maxBytes: number): Piece[] =>
  blocks.flatMap((block) => piecesOfBlock(block, maxBytes));

function piecesOfBlock(block: Block, maxBytes: number): Piece[] {
  switch (block.type) {
    case 'heading':
      return [fixed(`### ${escapeMarkdown(block.text)}`)];
    case 'paragraph':
      return [fixed(inline(block.text))];
    case 'facts':
      return [
        fixed(
          block.facts.map(([name, value]) => `- **${escapeMarkdown(name)}:** ${inline(value)}`).join('\n'),
        ),
      ];
    case 'table':
      return [tablePiece(block, maxBytes), ...(block.note ? [fixed(`*${escapeMarkdown(block.note)}*`)] : [])];
    case 'code':
      return [{ kind: 'fence', ...fence(block.language, block.text) }];
    case 'mermaid':
      return [mermaid(block.text)];
    case 'flow':
      return block.steps.length === 0 ? [] : [mermaid(flowMermaid(block.steps))];
    case 'chart':
      return piecesOf(chartBlocks(block), maxBytes);
    case 'compare':
      return [tablePiece(compareTable(block), maxBytes)];
    case 'details':
      return [
        {
          kind: 'group',
          open: `<details><summary>${escapeMarkdown(block.summary)}</summary>`,
          pieces: piecesOf(block.blocks, maxBytes),
          close: '</details>',
        },
      ];
  }
}

const fixed = (text: string): Piece => ({ kind: 'fixed', text });

/** Half a diagram is no diagram: it stays whole or goes whole. */
function mermaid(text: string): Piece {
  const { open, lines, close } = fence('mermaid', text);
  return fixed([open, ...lines, close].join('\n'));
}

function tablePiece(table: Table, maxBytes: number): Piece {
  const width = table.columns.length;
  const numeric = table.columns.map(
    (_, i) =>
      table.rows.some((row) => typeof row[i] === 'number') &&
      table.rows.every((row) => typeof row[i] === 'number' || row[i] === ''),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const head = [
    ...(table.caption ? [`**${escapeMarkdown(table.caption)}**`, ''] : []),
    line(table.columns.map(escapeMarkdown)),
    line(numeric.map((right) => (right ? '---:' : '---'))),
  ].join('\n');
  const rows: string[] = [];
  let bytes = 0;
  for (const row of table.rows) {
    if (bytes > maxBytes) break;
    const text = line(Array.from({ length: width }, (_, i) => inline(row[i] ?? '')));
    rows.push(text);
    bytes += byteLength(text);
  }
  return { kind: 'rows', head, rows, more: table.rows.length - rows.length };
}
