import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from './sorted-rows.ts';

const word = fc.oneof(fc.nat(3), fc.nat(0xffffffff), fc.integer({ min: 0xfffffff0, max: 0xffffffff }));

test('rows come by their digests, whether they are sorted at once or share by share', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word, word, word), { maxLength: 200 }), (digests) => {
      const words = Uint32Array.from(digests.flat());
      const hex = (row: number): string =>
        (digests[row] as number[]).map((w) => w.toString(16).padStart(8, '0')).join('');
      const wanted = digests.map((_, row) => hex(row)).sort();
      for (const atOnce of [200, 10]) {
        const rows = [...inOrder(words, digests.length, atOnce)];
        expect(new Set(rows).size).toBe(digests.length);
        expect(rows.map(hex)).toEqual(wanted);
      }
    }),
  );
});
