import type { Block, Cell, Chart, Report, Table } from '../model.ts';
import { plain, verdictWord } from '../text.ts';
import { compareHtml } from './compare.ts';
import { escapeHtml, inline } from './escape.ts';
import { flowSvg } from './flow.ts';
import { intervalsHtml } from './intervals.ts';
import { linesSvg } from './lines.ts';
import { STYLE } from './style.ts';
import { trendHtml } from './trend.ts';

/**
 * The whole report as one HTML file: styles inline, charts as SVG, light and dark. It loads nothing and runs nothing;
 * its own content policy forbids both, whatever a text in it says.
 */
export function toHtml(report: Report): string {
  const { state, sentence } = report.verdict;
  const word = verdictWord(report.verdict);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(`${word}: ${report.title}`)}</title>`,
    `<style>\n${STYLE}\n</style>`,
    '</head>',
    '<body>',
    `<h1 dir="auto">${escapeHtml(report.title)}</h1>`,
    `<p class="verdict ${state}"><strong>${escapeHtml(word)}.</strong><span dir="auto">${inline(sentence)}</span></p>`,
    ...report.blocks.map(blockHtml),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function blockHtml(block: Block): string {
  switch (block.type) {
    case 'heading':
      return `<h2 dir="auto">${escapeHtml(block.text)}</h2>`;
    case 'paragraph':
      return `<p dir="auto">${inline(block.text)}</p>`;
    case 'facts':
      return `<dl>${block.facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd dir="auto">${inline(value)}</dd>`).join('\n')}</dl>`;
    case 'table':
      return tableHtml(block);
    case 'code':
      return `<pre><code>${escapeHtml(block.text)}</code></pre>`;
    case 'mermaid':
      return `<details><summary>Diagram (Mermaid)</summary><pre><code>${escapeHtml(block.text)}</code></pre></details>`;
    case 'flow':
      return block.steps.length === 0 ? '' : `<figure>${flowSvg(block.steps)}</figure>`;
    case 'chart':
      return chartHtml(block);
    case 'compare':
      return compareHtml(block);
    case 'details':
      return `<details><summary>${escapeHtml(block.summary)}</summary>\n${block.blocks.map(blockHtml).join('\n')}\n</details>`;
  }
}

function chartHtml(chart: Chart): string {
  const drawing = drawingOf(chart);
  if (drawing === '') return '';
  const title = chart.kind !== 'trend' && chart.unit ? `${chart.title} (${chart.unit})` : chart.title;
  return `<figure><figcaption>${escapeHtml(title)}</figcaption>\n${drawing}\n</figure>`;
}

function drawingOf(chart: Chart): string {
  switch (chart.kind) {
    case 'line':
      return linesSvg(chart);
    case 'trend':
      return trendHtml(chart);
    case 'intervals':
      return chart.rows.length > 0 ? intervalsHtml(chart) : '';
  }
}

/** A cell of so many characters stays on one line, such as an interval. */
const longestLine = 22;

function tableHtml(table: Table): string {
  const isNumber = (cell: Cell) => typeof cell === 'number' || /^[+−-]?\d[\d.,]*$/.test(plain(cell));
  const numeric = table.columns.map(
    (_, i) =>
      table.rows.some((row) => isNumber(row[i] ?? '')) &&
      // a dash stands for what is not known
      table.rows.every((row) => isNumber(row[i] ?? '') || plain(row[i] ?? '').length <= 1),
  );
  const cell = (value: Cell, i: number) =>
    typeof value === 'number' || numeric[i]
      ? `<td class="number">${inline(value)}</td>`
      : `<td dir="auto"${plain(value).length <= longestLine ? ' class="short"' : ''}>${inline(value)}</td>`;
  const head = (name: string, i: number) =>
    `<th scope="col"${numeric[i] ? ' class="number"' : ''}>${escapeHtml(name)}</th>`;
  const rows = table.rows.map(
    (row) => `<tr>${table.columns.map((_, i) => cell(row[i] ?? '', i)).join('')}</tr>`,
  );
  return [
    '<div class="scroll"><table>',
    ...(table.caption ? [`<caption>${escapeHtml(table.caption)}</caption>`] : []),
    `<thead><tr>${table.columns.map(head).join('')}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody>`,
    '</table></div>',
    // outside of what scrolls
    ...(table.note ? [`<p class="note">${escapeHtml(table.note)}</p>`] : []),
  ].join('\n');
}
