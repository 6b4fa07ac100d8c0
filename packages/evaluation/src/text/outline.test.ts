import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Outline } from './outline.ts';
import { parseTolerantJson } from './tolerant-json.ts';

const of = (text: string, keys: readonly string[]): string | null => {
  const bytes = Buffer.from(`before ${text}\nafter "`);
  const from = 'before '.length;
  return new Outline(keys).of(bytes, from, from + Buffer.byteLength(text));
};

test('what is left out is 0, and all else stays as it is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (object, wide) => {
      const text = JSON.stringify(object, null, wide ? ' ' : '').replaceAll('\n', ' ');
      const keys = Object.keys(object).filter((key, i) => i % 2 === 0 && JSON.stringify(key) === `"${key}"`);
      const wanted = JSON.parse(text) as Record<string, unknown>;
      for (const key of keys)
        Object.defineProperty(wanted, key, {
          value: 0,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      const found = of(text, keys);
      expect(found).not.toBeNull();
      expect(JSON.parse(found as string)).toEqual(wanted);
    }),
  );
});

test('numbers that are none, escaped quotes, and a key that only ends alike', () => {
  const text = '{"a": NaN, "doc": {"x": "}\\\\\\"{", "y": [[], {}]}, "my-doc": -Infinity, "doc ": 3}';
  expect(parseTolerantJson(of(text, ['doc']) as string)).toEqual({
    a: 'NaN',
    doc: 0,
    'my-doc': '-Infinity',
    'doc ': 3,
  });
});

test('what is cut off, or no object, is left to the parser', () => {
  const row = '{"a": {"b": ["\\"}", 1]}, "c": "d"}';
  for (let end = 0; end < row.length; end++) expect(of(row.slice(0, end), ['a'])).toBeNull();
  for (const text of ['[1]', '7', '{} {}', '{"a": 1} x', '{a: 1}', '{"a" 1}'])
    expect(of(text, ['a'])).toBeNull();
  expect(of('{}', ['a'])).toBe('{}');
});
