import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from './digest.ts';
import { digestInto, keyOfHex, keyOfId, keyOfIdBytes } from './item-key.ts';

test('the key of an id is that of its bytes, and different ids have different keys', () => {
  const seen = new Map<string, string>();
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (id) => {
      const key = keyOfId(id);
      const bytes = Buffer.from(`.${id}.`);
      const again = new Uint32Array(4);
      keyOfIdBytes(bytes, 1, bytes.length - 1, again);
      expect(again).toEqual(key);
      expect(seen.get(key.join()) ?? id.toWellFormed()).toBe(id.toWellFormed());
      seen.set(key.join(), id.toWellFormed());
    }),
    { numRuns: 2000 },
  );
});

test('ids that differ at any place differ in their first word, which is what tables are looked up by', () => {
  const ids = Array.from({ length: 100_000 }, (_, i) => `item-${i}`);
  const firsts = new Set(ids.map((id) => keyOfId(id)[0]));
  expect(firsts.size).toBeGreaterThan(99_990);
});

test('a short id, one byte longer, and the empty one', () => {
  const keys = ['', '\0', 'a', 'a\0', '123456789012345', '1234567890123456', '12345678901234\0'].map((id) =>
    keyOfId(id).join(),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

test('a digest of bytes is that of the text', () => {
  const key = new Uint32Array(4);
  digestInto(key, Buffer.from('input\0target\0'));
  expect(key).toEqual(keyOfHex(digestOf('input', 'target')));
});
