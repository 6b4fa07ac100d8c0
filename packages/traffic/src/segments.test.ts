import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { patternOf, plainSegments, valuesIn } from './segments.ts';

it('segments are plain in small letters, each value once', () => {
  expect(plainSegments({ 'X-Region': ['US', 'eu', 'us'] })).toEqual({ 'x-region': ['eu', 'us'] });
  const refused = [
    { 'x-region': [] },
    { 'x y': ['a'] },
    { 'x-a': ['a|b'] },
    { 'x-a': ['a)'] },
    { 'x-a': [''] },
  ];
  for (const wrong of refused) expect(() => plainSegments(wrong)).toThrow(/segments: .*Allowed/);
});

const letters = 'abcxyz0189._@:/+-'.split('');
const value = fc
  .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 8 })
  .map((chars) => `a${chars.join('')}`);

it('a pattern takes its values as a whole, in whatever case, and nothing else', () => {
  const values = fc.uniqueArray(value, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(values, value, (list, other) => {
      const pattern = patternOf(list);
      const matches = (text: string) => new RegExp(pattern.replace('(?i)', ''), 'i').test(text);
      for (const one of list) expect([matches(one), matches(one.toUpperCase())]).toEqual([true, true]);
      expect(matches(other)).toBe(list.includes(other));
      expect(matches(` ${list[0]}`)).toBe(false);
      expect(valuesIn(pattern)).toEqual(list);
    }),
  );
});

it.each(['eu', '(?i)^(?:e.)$', '(?i)^(?:eu)', '(?i)^(?:e(u|s))$', '(?i)^(?:)$'])(
  '%j is nobody’s values',
  (text) => {
    expect(valuesIn(text)).toBeUndefined();
  },
);
