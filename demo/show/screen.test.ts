import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seconds, shortened, width } from './screen.ts';

it('cuts a text to the columns that it may take, also where a character takes two', () => {
  expect(shortened('什么是机器学习', 14)).toBe('什么是机器学习');
  expect(shortened('什么是机器学习', 6)).toBe('什么…');
  expect(shortened('abc', 3)).toBe('abc');
  expect(shortened('abcd', 3)).toBe('ab…');
  expect(shortened('abcd', 0)).toBe('');
});

it('never takes more columns than it may', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, columns) => {
      expect(width(shortened(text, columns))).toBeLessThanOrEqual(columns);
    }),
  );
});

it('says how long something took, and never sixty seconds', () => {
  expect([4234, 59_960, 65_000, 719_600].map(seconds)).toEqual(['4.2 s', '1 m 0 s', '1 m 5 s', '12 m 0 s']);
});
