import { drawBinomial, Generator } from '@sluice/statistics';
import { describe, expect, it } from 'vitest';
import { blockLength, burstLengths } from './bursts.ts';

const random = Generator.fromSeed(3);
function week(burst: number, perMinute: number) {
  let left = 0;
  return Array.from({ length: 7 * 1440 }, () => {
    if (left === 0 && burst > 0 && random.uniform() < 0.02 / burst) left = burst;
    const share = left > 0 ? 0.08 : 0.002;
    left = Math.max(0, left - 1);
    return { requests: perMinute, events: drawBinomial(random, perMinute, share) };
  });
}

describe('blockLength', () => {
  it('is short for independent requests', () => {
    expect(blockLength(week(0, 600))).toBeLessThanOrEqual(2);
    expect(blockLength([])).toBe(1);
  });

  it.each([
    [5, 60],
    [5, 600],
    [20, 600],
  ])('holds bursts of %i minutes at %i requests a minute twice', (burst, perMinute) => {
    const length = blockLength(week(burst, perMinute));
    expect(length).toBeGreaterThanOrEqual(2 * burst);
    expect(length).toBeLessThanOrEqual(4 * burst + 10);
  });

  it('joins what is parted by a quiet minute or two', () => {
    const counts = [0, 0, 9, 0, 0, 9, 0, 0, 0, 0, 9, 0];
    const minutes = [...Array(200).fill(0), ...counts].map((events) => ({ requests: 100, events }));
    expect(burstLengths(minutes)).toEqual([4, 1]);
  });
});
