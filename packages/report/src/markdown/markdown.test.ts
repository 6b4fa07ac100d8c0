import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, Report } from '../model.ts';
import { toMarkdown } from './markdown.ts';

const report = (blocks: Block[], sentence = 'p99 is 120 ms.'): Report => ({
  title: 'Gate',
  verdict: { state: 'pass', sentence },
  blocks,
});
const rows = (n: number, width = 20) => Array.from({ length: n }, (_, i) => [`row ${i}`, 'x'.repeat(width)]);

describe('toMarkdown', () => {
  it('starts with the verdict', () => {
    expect(toMarkdown(report([]))).toBe('## Gate\n\n✅ **Passed.** p99 is 120 ms.\n');
  });

  it('writes tables, numbers to the right', () => {
    const table: Block = {
      type: 'table',
      columns: ['a|b', 'n'],
      rows: [
        ['x\ny', 0.123456],
        ['|', 2],
      ],
    };
    expect(toMarkdown(report([table]))).toContain(
      '| a\\|b | n |\n| --- | ---: |\n| x<br>y | 0.1235 |\n| \\| | 2 |',
    );
  });

  it('takes text literally', () => {
    const text = toMarkdown(report([{ type: 'paragraph', text: '<b>*x*</b> @all #12 ::error::no\n\n# h' }]));
    expect(text).toContain(
      '&lt;b&gt;\\*x\\*&lt;/b&gt; @<!-- -->all #<!-- -->12 \\:\\:error\\:\\:no<br><br>\\# h',
    );
  });

  it('links only to web addresses', () => {
    const block: Block = {
      type: 'paragraph',
      text: [{ link: 'javascript:alert(1)', text: 'a' }, ' ', { link: 'https://x.example/a b', text: 'b' }],
    };
    expect(toMarkdown(report([block]))).toContain('a [b](<https://x.example/a%20b>)');
  });

  it('fences code that holds fences', () => {
    expect(toMarkdown(report([{ type: 'code', language: 'text', text: '```\n::x::' }]))).toContain(
      '````text\n```\n::x::\n````',
    );
  });

  it('shortens the longest table first and says so', () => {
    const long: Block = { type: 'table', columns: ['long', 'x'], rows: rows(500) };
    const short: Block = { type: 'table', columns: ['short', 'x'], rows: rows(5) };
    const text = toMarkdown(report([long, short]), { maxBytes: 4000, whole: 'reports/gate.html' });
    const shown = text.split('\n').filter((line) => line.startsWith('| row')).length - 5;
    expect(shown).toBeGreaterThan(50);
    expect(text).toContain(
      '| short | x |\n| --- | --- |\n' +
        rows(5)
          .map((r) => `| ${r.join(' | ')} |`)
          .join('\n'),
    );
    expect(text).toContain(`*${500 - shown} more rows*`);
    expect(text.trimEnd().split('\n').at(-1)).toBe(
      `*Shortened: ${500 - shown} rows left out. The whole report: reports/gate.html*`,
    );
    expect(Buffer.byteLength(text)).toBeGreaterThan(3900);
  });

  it('drops parts from the end when tables and code are gone', () => {
    const blocks: Block[] = Array.from({ length: 50 }, (_, i) => ({
      type: 'paragraph',
      text: `${i} ${'é'.repeat(100)}`,
    }));
    const text = toMarkdown(report(blocks), { maxBytes: 2000 });
    expect(text).toContain('\n0 é');
    expect(text).toMatch(/\*Shortened: \d+ parts left out\. The whole report is in its HTML file\.\*\n$/);
  });

  it('draws intervals and lines', () => {
    const text = toMarkdown(
      report([
        {
          type: 'chart',
          kind: 'intervals',
          title: 'Difference',
          rows: [{ label: 'acc', estimate: 0, low: -0.1, high: Infinity, threshold: -0.2 }],
        },
        {
          type: 'chart',
          kind: 'line',
          title: 'p99',
          unit: 'ms',
          x: 'time',
          series: [
            {
              name: 'canary',
              points: [
                { x: 60_000, y: 20 },
                { x: 0, y: 10 },
                { x: 120_000, y: Number.NaN },
              ],
            },
          ],
          thresholds: [{ label: 'limit', y: 30 }],
        },
      ]),
    );
    expect(text).toContain('| acc | 0 | -0.1 … ∞ | -0.2 | `·│··············├──────────────●►` |');
    expect(text).toContain('xychart-beta');
    expect(text).toContain('x-axis "minutes" 0 --> 1');
    expect(text).toMatch(/line \[10, .*, 20\]/);
    expect(text).toContain('| canary | 10 | 10 | 20 | 20 |');
  });

  it('escapes labels of a flow', () => {
    const text = toMarkdown(
      report([
        {
          type: 'flow',
          steps: [
            { label: '1 % "a"; b', state: 'done' },
            { label: '5 %', state: 'current' },
          ],
        },
      ]),
    );
    expect(text).toContain('s0["1 % #34;a#34;#59; b"]:::done');
    expect(text).toContain('s0 --> s1');
  });
});

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const anyCell = fc.oneof(
  anyText,
  fc.double(),
  fc.array(
    fc.oneof(
      anyText,
      fc.record({ code: anyText }),
      fc.record({ strong: anyText }),
      fc.record({ link: anyText, text: anyText }),
    ),
    { maxLength: 3 },
  ),
);
const anyPoint = fc.record({ x: fc.double(), y: fc.double() });
const { block: anyBlock } = fc.letrec<{ block: Block }>((tie) => ({
  block: fc.oneof(
    { depthSize: 'small' },
    fc.record({ type: fc.constant('heading' as const), text: anyText }),
    fc.record({ type: fc.constant('paragraph' as const), text: anyText }),
    fc.record({
      type: fc.constant('table' as const),
      columns: fc.array(anyText, { minLength: 1, maxLength: 4 }),
      rows: fc.array(fc.array(anyCell, { maxLength: 5 }), { maxLength: 20 }),
    }),
    fc.record({
      type: fc.constant('code' as const),
      language: anyText,
      text: fc.oneof(anyText, fc.constant('```\n~~~\n````')),
    }),
    fc.record({
      type: fc.constant('facts' as const),
      facts: fc.array(fc.tuple(anyText, anyCell), { maxLength: 4 }),
    }),
    fc.record({
      type: fc.constant('flow' as const),
      steps: fc.array(
        fc.record({ label: anyText, state: fc.constantFrom('done' as const, 'pending' as const) }),
        { maxLength: 3 },
      ),
    }),
    fc.record({
      type: fc.constant('chart' as const),
      kind: fc.constant('line' as const),
      title: anyText,
      x: fc.constantFrom('time' as const, 'number' as const),
      series: fc.array(fc.record({ name: anyText, points: fc.array(anyPoint, { maxLength: 5 }) }), {
        maxLength: 3,
      }),
    }),
    fc.record({
      type: fc.constant('details' as const),
      summary: anyText,
      blocks: fc.array(tie('block'), { maxLength: 4 }),
    }),
  ),
}));
const anyReport: fc.Arbitrary<Report> = fc.record({
  title: anyText,
  verdict: fc.record({
    state: fc.constantFrom('pass' as const, 'fail' as const, 'undecided' as const),
    sentence: anyText,
  }),
  blocks: fc.array(anyBlock, { maxLength: 8 }),
});

/** Reads fences as CommonMark does; true where every one is closed. */
function fencesClosed(text: string): boolean {
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^(`{3,})([^`]*)$/.exec(line);
    if (!mark) continue;
    if (open === undefined) open = mark[1] as string;
    else if ((mark[1] as string).length >= open.length && mark[2]?.trim() === '') open = undefined;
  }
  return open === undefined;
}

describe('any report in any script', () => {
  it('keeps to its bytes, closes its fences, halves no character', () => {
    fc.assert(
      fc.property(anyReport, fc.integer({ min: 0, max: 5000 }), (any, maxBytes) => {
        const text = toMarkdown(any, { maxBytes });
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes);
        expect(text.isWellFormed()).toBe(true);
        expect(fencesClosed(text)).toBe(true);
        expect(text.split('<details>').length).toBe(text.split('</details>').length);
        if (maxBytes >= 20) expect(text).toMatch(/Passed|Failed|Undecided/);
      }),
      { numRuns: 300 },
    );
  });

  it('is whole where there is room', () => {
    fc.assert(
      fc.property(anyReport, (any) => {
        const text = toMarkdown(any);
        expect(toMarkdown(any, { maxBytes: Buffer.byteLength(text) })).toBe(text);
        expect(fencesClosed(text)).toBe(true);
      }),
    );
  });
});
