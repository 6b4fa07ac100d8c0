import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHtml } from './html.ts';

const evil = `<script>alert("x")</script>'&`;

describe('toHtml', () => {
  it('escapes everything a user wrote, in every block', () => {
    const html = toHtml({
      title: evil,
      verdict: { state: 'fail', sentence: evil },
      blocks: [
        { type: 'heading', text: evil },
        {
          type: 'paragraph',
          text: [{ strong: evil }, { code: evil }, { link: `https://a.example/"${evil}`, text: evil }],
        },
        { type: 'table', columns: [evil], rows: [[evil]], caption: evil, note: evil },
        { type: 'facts', facts: [[evil, evil]] },
        { type: 'code', language: evil, text: evil },
        { type: 'mermaid', text: evil },
        { type: 'flow', steps: [{ label: evil, state: 'done' }] },
        {
          type: 'compare',
          before: evil,
          after: evil,
          items: [
            {
              about: [[evil, evil]],
              before: { text: evil, note: evil },
              after: { text: evil, note: evil, state: 'fail' },
            },
          ],
        },
        {
          type: 'chart',
          kind: 'trend',
          title: evil,
          names: [evil, evil],
          series: [{ name: evil, values: [1, 2], threshold: 1.5 }],
        },
        { type: 'table', columns: [evil], rows: [[[{ state: 'pass', text: evil }]]] },
        { type: 'details', summary: evil, blocks: [{ type: 'paragraph', text: evil }] },
        {
          type: 'chart',
          kind: 'intervals',
          title: evil,
          rows: [{ label: evil, estimate: 1, low: 0, high: 2 }],
        },
        {
          type: 'chart',
          kind: 'line',
          title: evil,
          x: 'number',
          series: [
            {
              name: evil,
              points: [
                { x: 1, y: 1 },
                { x: 2, y: 3 },
              ],
            },
          ],
        },
      ],
    });
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/"&quot;|=""|\shref="[^"]*"[^ >]/);
    expect(html.split('&lt;script&gt;').length).toBeGreaterThan(12);
  });

  it('loads nothing', () => {
    const html = toHtml({ title: 't', verdict: { state: 'info', sentence: 's' }, blocks: [] });
    expect(html).not.toMatch(/\s(src|href)=|@import|url\(/);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('draws the open side of an interval to the edge and the threshold as a line', () => {
    const html = toHtml({
      title: 't',
      verdict: { state: 'pass', sentence: 's' },
      blocks: [
        {
          type: 'chart',
          kind: 'intervals',
          title: 'difference',
          rows: [{ label: 'acc', estimate: 0.5, low: 0, high: Infinity, threshold: 0.2, state: 'pass' }],
        },
      ],
    });
    expect(html).toContain('class="threshold"');
    expect(html).toContain('0.5 (0 … ∞)');
    expect(html.match(/class="interval pass"/g)).toHaveLength(2);
  });

  it('puts two answers beside each other, and each figure of a trend on a scale of its own', () => {
    const html = toHtml({
      title: 't',
      verdict: { state: 'fail', sentence: 's' },
      blocks: [
        {
          type: 'compare',
          before: 'Old',
          after: 'New',
          items: [
            {
              about: [['Input', 'q']],
              before: { text: 'right', note: '1', state: 'pass' },
              after: { text: '', note: '0', state: 'fail' },
            },
          ],
        },
        {
          type: 'chart',
          kind: 'trend',
          title: 'versions',
          names: ['v1', 'v2', 'v3'],
          series: [
            { name: 'acc', values: [0.5, null, 0.7], threshold: 0.6 },
            { name: 'latency', values: [300, 310, 320] },
            { name: 'never measured', values: [null, null, null] },
          ],
        },
      ],
    });
    expect(html).toMatch(/<span>Old<\/span><span class="badge pass">1<\/span>/);
    expect(html).toContain('<span class="soft">nothing</span>');
    expect(html.match(/<div class="small">/g)).toHaveLength(2);
    expect(html.match(/class="dot last"/g)).toHaveLength(2);
    expect(html.match(/class="dot"/g)).toHaveLength(3);
    expect(html).not.toContain('never measured');
  });

  it('keeps the last label of a time axis inside the chart', () => {
    const [from, day] = [Date.UTC(2026, 10, 20), 86_400_000];
    const points = [0, 1, 2].map((n) => ({ x: from + n * day, y: n }));
    const html = toHtml({
      title: 't',
      verdict: { state: 'pass', sentence: 's' },
      blocks: [{ type: 'chart', kind: 'line', title: 'l', x: 'time', series: [{ name: 's', points }] }],
    });
    expect(html).toMatch(/x="818"[^>]*text-anchor="end"[^>]*>11-22 00:00</);
  });

  it('never draws with numbers that are none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ x: fc.double(), y: fc.double() })),
        fc.array(
          fc.record({ label: fc.string(), estimate: fc.double(), low: fc.double(), high: fc.double() }),
        ),
        fc.constantFrom('time' as const, 'number' as const),
        (points, rows, x) => {
          const html = toHtml({
            title: 't',
            verdict: { state: 'pass', sentence: 's' },
            blocks: [
              { type: 'chart', kind: 'line', title: 'l', x, series: [{ name: 's', points }] },
              { type: 'chart', kind: 'intervals', title: 'i', rows },
              {
                type: 'chart',
                kind: 'trend',
                title: 't',
                names: points.map((_, i) => `v${i}`),
                series: [{ name: 'a', values: points.map((p) => p.y), threshold: points[0]?.x ?? 0 }],
              },
            ],
          });
          expect(html).not.toMatch(/(points|[xy][12]?|c[xy]|width|height)="[^"]*(NaN|Infinity)/);
        },
      ),
    );
  });
});
