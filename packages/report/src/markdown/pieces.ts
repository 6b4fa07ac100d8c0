import type { Block, Table } from '../model.ts';
import { chartBlocks } from './charts.ts';
import { escapeMarkdown, fence, inline } from './escape.ts';
import { flowMermaid } from './flow.ts';

/** A part of a Markdown report that can be shortened without breaking it. */
export type Piece =
  | { readonly kind: 'fixed'; readonly text: string }
  | { readonly kind: 'rows'; readonly head: string; readonly rows: readonly string[] }
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

export const piecesOf = (blocks: readonly Block[]): Piece[] => blocks.flatMap(piecesOfBlock);

function piecesOfBlock(block: Block): Piece[] {
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
      return [tablePiece(block)];
    case 'code':
      return [{ kind: 'fence', ...fence(block.language, block.text) }];
    case 'mermaid':
      return [mermaid(block.text)];
    case 'flow':
      return block.steps.length === 0 ? [] : [mermaid(flowMermaid(block.steps))];
    case 'chart':
      return piecesOf(chartBlocks(block));
    case 'details':
      return [
        {
          kind: 'group',
          open: `<details><summary>${escapeMarkdown(block.summary)}</summary>`,
          pieces: piecesOf(block.blocks),
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

function tablePiece(table: Table): Piece {
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
  const rows = table.rows.map((row) => line(Array.from({ length: width }, (_, i) => inline(row[i] ?? ''))));
  return { kind: 'rows', head, rows };
}
