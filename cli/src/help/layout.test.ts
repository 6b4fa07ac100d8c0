import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, wrap } from './layout.ts';

describe('wrap', () => {
  it('keeps every word, in lines no longer than asked', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 60 }), (given, width) => {
        const lines = wrap(given.join(' '), width);
        expect(lines.join(' ').split(' ')).toEqual(given);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('columns', () => {
  it('aligns the texts, and gives a long name its own line', () => {
    expect(
      columns(
        [
          ['--a', 'one'],
          ['--b <Text>', 'two\nthree'],
        ],
        80,
      ),
    ).toEqual(['  --a         one', '  --b <Text>  two', '              three']);
    const [name, text] = columns([[`--${'x'.repeat(40)}`, 'far']], 80);
    expect(name).toBe(`  --${'x'.repeat(40)}`);
    expect(text).toBe(`${' '.repeat(32)}far`);
  });
});
