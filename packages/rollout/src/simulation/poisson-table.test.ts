import { Generator, poissonMass } from '@sluice/statistics';
import { describe, expect, it } from 'vitest';
import { drawSteadyPoisson } from './poisson-table.ts';

describe('drawSteadyPoisson', () => {
  it.each([0.05, 0.6, 12, 594, 6000])('draws from the law of mean %d', (mean) => {
    const random = Generator.fromSeed(5);
    const runs = 40_000;
    const tally = new Map<number, number>();
    for (let i = 0; i < runs; i++) {
      const k = drawSteadyPoisson(random, mean);
      tally.set(k, (tally.get(k) ?? 0) + 1);
    }
    // chi-squared over the counts that are expected at least five times
    let [statistic, cells] = [0, 0];
    for (let k = 0; k < mean + 10 * Math.sqrt(mean) + 10; k++) {
      const expected = runs * poissonMass(k, mean);
      if (expected < 5) continue;
      statistic += ((tally.get(k) ?? 0) - expected) ** 2 / expected;
      cells += 1;
    }
    expect(statistic).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
    expect([...tally.keys()].every((k) => Number.isInteger(k) && k >= 0)).toBe(true);
  });

  it('is 0 where nothing is to come', () => {
    expect(drawSteadyPoisson(Generator.fromSeed(1), 0)).toBe(0);
  });
});
