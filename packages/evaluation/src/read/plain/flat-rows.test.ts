import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeNormalForm } from '../../results/normal-form.ts';
import { readResults } from '../read-results.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const rows = fc.array(
  fc.record(
    {
      id: fc.oneof(text, fc.nat()),
      input: text,
      target: fc.oneof(text, fc.nat(), fc.constant('')),
      language: fc.constantFrom('en', 'zh', '中文'),
      task: fc.constantFrom('sums', 'dates'),
      score: fc.oneof(
        fc.constantFrom(0, 1, 0.5, true, false, null, '', '0.25', 'NaN'),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      ),
      error: fc.constantFrom(null, false, '', 'timed out'),
    },
    { requiredKeys: ['id', 'input', 'target', 'language', 'task', 'score'] },
  ),
  { minLength: 1, maxLength: 30 },
);

/** JSON in which every character is escaped, which only a parser reads. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /"((?:[^"\\]|\\.)*)"(?=[,}])/g,
    (literal) =>
      `"${[...JSON.parse(literal)]
        .flatMap((c) => c.split(''))
        .map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
        .join('')}"`,
  );
}

test('a row taken from its bytes says what the parsed row says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flat-'));
  const digest = async (name: string, lines: readonly string[]): Promise<string> => {
    const path = join(folder, `${name}.jsonl`);
    // the first row tells which columns there are
    const first = { id: 'first', input: 'i', target: 't', language: 'en', task: 'sums', score: 1 };
    await writeFile(path, `${[JSON.stringify(first), ...lines].join('\n')}\n`);
    return writeNormalForm(await readResults(path, { slices: ['language'] }), join(folder, `${name}.gz`));
  };
  await fc.assert(
    fc.asyncProperty(rows, async (items) => {
      const plain = await digest(
        'plain',
        items.map((item) => JSON.stringify(item)),
      );
      expect(await digest('escaped', items.map(escaped))).toBe(plain);
    }),
    { numRuns: 60 },
  );
});
