import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTolerantJson, toScore, valueAt } from './tolerant-json.ts';

test('what JSON can say is read as JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(parseTolerantJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test('bare non-finite numbers are read, the same words inside strings are left alone', () => {
  const text = '{"a": NaN, "b": [-Infinity, Infinity], "c": "NaN and \\"Infinity\\" stay", "NaN": 1}';
  expect(parseTolerantJson(text)).toEqual({
    a: 'NaN',
    b: ['-Infinity', 'Infinity'],
    c: 'NaN and "Infinity" stay',
    NaN: 1,
  });
  expect(() => parseTolerantJson('{"a": NaN, }')).toThrow(SyntaxError);
});

test.each([
  [1, 1],
  [true, 1],
  ['False', 0],
  ['True', 1],
  [' 0.5 ', 0.5],
  ['1e-3', 0.001],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['NaN', Number.NaN],
  ['', null],
  ['1 of 2', null],
  ['0x10', null],
  [null, null],
  [[1], null],
])('%j as a score is %j', (value, score) => {
  expect(toScore(value)).toEqual(score);
});

test('a dotted path, and a key that itself holds dots', () => {
  expect(valueAt({ a: { b: { c: 1 } } }, 'a.b.c')).toBe(1);
  expect(valueAt({ 'a.b': 2, a: { b: 1 } }, 'a.b')).toBe(2);
  expect(valueAt({ a: 1 }, 'a.b')).toBeUndefined();
  expect(valueAt({}, 'constructor')).toBeUndefined();
});
