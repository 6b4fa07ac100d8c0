import { describe, expect, it } from 'vitest';
import { basisPoints, checkNotSplit, checkSalt } from './limits.ts';

describe('a weight', () => {
  it('is kept to a basis point', () => {
    for (let points = 0; points <= 10_000; points++) expect(basisPoints(points / 100)).toBe(points);
    for (const wrong of [-0.01, 100.01, 0.001, 33.333, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => basisPoints(wrong)).toThrow(/at most 2 decimals/);
  });
});

describe('a salt', () => {
  it('is a word that no configuration can take for more', () => {
    for (const salt of ['a', 'rollout-1_B', 'x'.repeat(64)]) checkSalt(salt);
    for (const salt of ['', 'a b', 'a)', 'a;', '"', 'x'.repeat(65)])
      expect(() => checkSalt(salt)).toThrow(/1 to 64/);
  });

  it('changes only while all users are in one slot', () => {
    for (const weight of [0, 100]) checkNotSplit(weight, 'a', 'b');
    for (const weight of [0.01, 50, 99.99])
      expect(() => checkNotSplit(weight, 'a', 'b')).toThrow(/move them between the versions/);
  });
});
