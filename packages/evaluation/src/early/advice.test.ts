import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decide } from '../gates/decide.ts';
import { readGates } from '../gates/document.ts';
import { readResults } from '../read/read-results.ts';
import { stopAdvice } from './advice.ts';

/** The report of an unchanged model on so many items, of which one in ten differs. */
async function reportOf(items: number, gate: string) {
  const folder = await mkdtemp(join(tmpdir(), 'advice-'));
  const side = async (name: string, right: (i: number) => boolean) => {
    const path = join(folder, name);
    const rows = Array.from({ length: items }, (_, id) =>
      JSON.stringify({ id, accuracy: Number(right(id)) }),
    );
    await writeFile(path, `${rows.join('\n')}\n`);
    return readResults(path);
  };
  return decide({
    document: readGates(`gates: [${gate}]`, 'gates'),
    candidate: await side('c.jsonl', (i) => i % 20 !== 0),
    baseline: await side('b.jsonl', (i) => i % 20 !== 10),
  });
}

const GATE = '{metric: accuracy, not-worse-than: baseline, margin: 0.05}';

// 247 items are what the fixed test needs here
test.each([
  [100, /evaluate all of it, stopping early would only lose power/],
  [300, /`stop: planned-looks` would evaluate fewer items/],
  [1000, /`stop: when-decided` would evaluate fewer items/],
])('%d items: the way of stopping that fits', async (items, advice) => {
  expect(stopAdvice(await reportOf(items, GATE))).toMatch(advice);
});

test('a gate that no look can decide gives no advice', async () => {
  expect(stopAdvice(await reportOf(300, '{metric: accuracy, at-least: 0.5}'))).toBeNull();
});
