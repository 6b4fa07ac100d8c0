import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '@sluice/report';
import { toMarkdown } from '@sluice/report';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StepSummary, summaryBudget } from './summary.ts';

const runnerLimit = 1024 * 1024;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-summary-'));
  path = join(folder, 'summary.md');
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (rows: number, cell: string): Report => ({
  title: 'Evaluation',
  verdict: { state: 'fail', sentence: 'worse by 3 points' },
  blocks: [
    { type: 'table', columns: ['item', 'score'], rows: Array.from({ length: rows }, (_, i) => [cell, i]) },
  ],
});
const asIs = (text: string) => text;

describe('StepSummary', () => {
  it('stays below the limit over all reports of a step, in any script', () => {
    const summary = new StepSummary(path);
    for (const cell of ['x'.repeat(400), '模型'.repeat(200), '😀'.repeat(100), 'short'])
      summary.add((maxBytes) => toMarkdown(report(3000, cell), { maxBytes }), asIs);
    const written = readFileSync(path);
    expect(written.length).toBeLessThanOrEqual(summaryBudget);
    expect(written.length).toBeLessThan(runnerLimit);
    expect(written.toString('utf8')).toContain('worse by 3 points');
    expect(written.toString('utf8')).not.toContain('\ufffd');
  });

  it('counts what an earlier command of the step wrote', () => {
    writeFileSync(path, 'y'.repeat(summaryBudget - 10));
    expect(new StepSummary(path).add(() => 'more', asIs)).toBe(false);
    expect(readFileSync(path)).toHaveLength(summaryBudget - 10);
  });

  it('renders again for less where cutting secrets out made the text longer', () => {
    const summary = new StepSummary(path);
    const longer = (text: string) => text.replaceAll('x', '***');
    expect(summary.add((maxBytes) => 'x'.repeat(maxBytes), longer)).toBe(true);
    expect(readFileSync(path).length).toBeLessThanOrEqual(summaryBudget);
  });
});
