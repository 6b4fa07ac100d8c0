import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eachLine, lineAt } from './lines.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lines-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Lines around the size of the pieces in which a file is read, each unlike the others. */
const LINES = [10, 2 ** 20 - 12, 1, 2 ** 20, 5, 3 * 2 ** 20 + 7, 700_000, 700_000, 3].map((size, i) =>
  String.fromCharCode(97 + i).repeat(size),
);

test.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text)],
])('lines longer than a piece of the file come whole, with where they start (%s)', async (kind, packed) => {
  const path = join(folder, 'file');
  await writeFile(path, packed(`\u{feff}${LINES.join('\n')}`));
  const found: [string, number, number][] = [];
  const { closed } = await eachLine(path, (text, line, offset) => found.push([text, line, offset]));
  expect(closed).toBe(false);
  expect(found.map(([text]) => text)).toEqual(LINES);
  expect(found.map(([, line]) => line)).toEqual(LINES.map((_, i) => i + 1));
  if (kind === 'gzip') return;
  for (const [text, line, offset] of found)
    expect(await lineAt(path, offset)).toBe(line === 1 ? `\u{feff}${text}` : text);
});

test('who stops in the middle of a file stops reading it', async () => {
  const path = join(folder, 'file');
  await writeFile(path, LINES.join('\n'));
  const seen: number[] = [];
  const stop = eachLine(path, (_, line) => {
    seen.push(line);
    if (line === 2) throw new Error('enough');
  });
  await expect(stop).rejects.toThrow('enough');
  expect(seen).toEqual([1, 2]);
});
