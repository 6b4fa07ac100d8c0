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
    const blocks = [600, 6000].flatMap((perMinute) =>
      Array.from({ length: 10 }, () => blockLength(week(0, perMinute))),
    );
    expect(blocks.filter((length) => length === 1).length).toBeGreaterThanOrEqual(18);
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

  it('takes a lone minute for a burst only where noise does not explain it, nor so many of them', () => {
    const quiet = Array<number>(7 * 1440).fill(2);
    const blockWith = (...lone: number[]) => {
      const counts = [...quiet];
      lone.forEach((events, i) => {
        counts[100 * (i + 1)] = events;
      });
      return blockLength(counts.map((events) => ({ requests: 1000, events })));
    };
    // of 10,080 minutes with 2 events each on average, .5 have 10 or more
    expect(blockWith(10)).toBe(1);
    expect(blockWith(10, 10, 10)).toBe(1);
    expect(blockWith(10, 10, 10, 10, 10)).toBe(2);
    // .01 and 1e-6 have so many
    expect(blockWith(12)).toBe(1);
    expect(blockWith(10, 12, 12)).toBe(2);
    expect(blockWith(20)).toBe(2);
  });

  it('joins what is parted by a quiet minute or two', () => {
    const counts = [0, 0, 9, 0, 0, 9, 0, 0, 0, 0, 9, 0];
    const minutes = [...Array(200).fill(0), ...counts].map((events) => ({ requests: 100, events }));
    expect(burstLengths(minutes)).toEqual([4, 1]);
  });
});
