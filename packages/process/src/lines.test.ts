import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Head, LineReader, Tail } from './lines.ts';

function linesOf(chunks: readonly Buffer[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader((line) => lines.push(line));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return lines;
}

test('lines end at a line feed, and the last one at the end of the stream', () => {
  expect(linesOf([Buffer.from('a\r\n\nb')])).toEqual(['a', '', 'b']);
});

test('a progress bar that rewrites its line is one line', () => {
  expect(linesOf([Buffer.from(' 1%\r 50%\r100%\ndone\n')])).toEqual(['100%', 'done']);
});

test('how the bytes are cut makes no difference, also inside a character', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '水', '😀', '\n', '\r\n') });
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 5 }), (whole, size) => {
      const bytes = Buffer.from(whole);
      const chunks: Buffer[] = [];
      for (let i = 0; i < bytes.length; i += size) chunks.push(bytes.subarray(i, i + size));
      expect(linesOf(chunks)).toEqual(linesOf([bytes]));
    }),
  );
});

test('a line without an end does not grow for ever', () => {
  const chunk = Buffer.alloc(1 << 20, 'x');
  const [line, ...more] = linesOf([chunk, chunk]);
  expect(more).toEqual([]);
  expect(line?.length).toBeLessThan(70_000);
});

test('the tail holds the last lines, the head the first bytes', () => {
  const tail = new Tail(2);
  for (const line of ['a', 'b', 'c']) tail.add(line);
  expect(tail.lines).toEqual(['b', 'c']);
  const head = new Head(3);
  head.push(Buffer.from('ab'));
  expect([head.text, head.truncated]).toEqual(['ab', false]);
  head.push(Buffer.from('cd'));
  expect([head.text, head.truncated]).toEqual(['abc', true]);
});
