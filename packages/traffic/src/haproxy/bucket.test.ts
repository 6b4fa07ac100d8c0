import { describe, expect, it } from 'vitest';
import { BUCKETS, bucketOf, cellOf, xxh32 } from './bucket.ts';

describe('the hash of a user', () => {
  // published vectors of XXH32 with seed 0
  it.each([
    ['', 0x02cc5d05],
    ['a', 0x550d7456],
    ['abc', 0x32d153ff],
    ['Nobody inspects the spammish repetition', 0xe2293b2f],
  ])('of %j', (text, hash) => expect(xxh32(text)).toBe(hash));

  it('spreads users evenly over the buckets, under each salt anew', () => {
    const users = Array.from({ length: 20_000 }, (_, i) => cellOf(`user-${i}`));
    for (const salt of ['one', 'two', '20261121'])
      for (const share of [0.01, 0.05, 0.25, 0.5]) {
        const below = users.filter((cell) => bucketOf(cell, salt) < share * BUCKETS).length / users.length;
        // five standard deviations
        expect(Math.abs(below - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / users.length));
      }
    const inBoth = users.filter(
      (cell) => bucketOf(cell, 'one') < 2500 && bucketOf(cell, 'two') < 2500,
    ).length;
    expect(inBoth / users.length).toBeCloseTo(0.0625, 1);
  });
});
