import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { fingerprintOf } from './digest-column.ts';
import { KeyTable } from './key-table.ts';

test('it holds each key once, under the row it came at first, wherever room was made for more', () => {
  const reserved = fc.record({ at: fc.nat(2000), rows: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(fc.nat(300), { maxLength: 2000 }), reserved, (numbers, room) => {
      const table = new KeyTable();
      const rows = new Map<number, number>();
      for (const [i, n] of numbers.entries()) {
        if (i === room.at) table.reserve(room.rows);
        if (!rows.has(n)) rows.set(n, rows.size);
        expect(table.add(digestOf(String(n)))).toBe(rows.get(n));
      }
      expect(table.size).toBe(rows.size);
      for (const [n, row] of rows)
        expect([table.find(digestOf(String(n))), table.key(row)]).toEqual([row, digestOf(String(n))]);
      expect(table.find(digestOf('absent'))).toBe(-1);
    }),
  );
});

test('the fingerprint does not hang on the order, and does on every key', () => {
  const print = (names: readonly string[]): string => {
    const table = new KeyTable();
    for (const name of names) table.add(digestOf(name));
    return fingerprintOf(table.words, table.size);
  };
  const names = Array.from({ length: 500 }, (_, i) => `item ${i}`);
  expect(print([...names].reverse())).toBe(print(names));
  expect(print([...names.slice(1), 'another'])).not.toBe(print(names));
});

test('keys whose first words are the same are told apart and sorted', () => {
  const table = new KeyTable();
  const keys = [
    '000000010000000000000000000000ff',
    '00000001000000000000000000000000',
    '00000001ffffffff0000000000000000',
  ];
  for (const key of keys) table.add(key);
  expect(keys.map((key) => table.find(key))).toEqual([0, 1, 2]);
  const other = new KeyTable();
  for (const key of [...keys].reverse()) other.add(key);
  expect(fingerprintOf(other.words, 3)).toBe(fingerprintOf(table.words, 3));
});
