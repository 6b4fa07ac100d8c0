import { describe, expect, it } from 'vitest';
import { clopperPearsonUpper } from '../binomial/clopper-pearson.ts';
import { tTest } from '../means/estimate.ts';
import { sampleMean } from '../means/one-sample.ts';
import { drawNormal } from '../random/draws.ts';
import { Generator } from '../random/generator.ts';
import { itemsToProveLimit, limitPower } from './limits.ts';
import { detectableMean, itemsForMean, pairedRepeatsVariance, tTestPower } from './means.ts';
import { itemsForMargin, marginFor, nonInferiorityPower } from './paired-shares.ts';

const plan = { alpha: 0.05, power: 0.8, sides: 1 } as const;

describe('sizes and what they detect undo each other', () => {
  it('margins of paired shares', () => {
    expect(marginFor(itemsForMargin(0.1, 0.03, plan), 0.1, plan)).toBeCloseTo(0.03, 12);
    expect(
      nonInferiorityPower(itemsForMargin(0.1, 0.03, plan), { discordance: 0.1, difference: 0 }, 0.03, 0.05),
    ).toBeCloseTo(0.8, 12);
    expect(itemsForMargin(0.1, 0.03, plan, -0.01)).toBeGreaterThan(itemsForMargin(0.1, 0.03, plan));
    expect(() => itemsForMargin(0.1, 0.03, plan, -0.03)).toThrow(RangeError);
  });
  it('means', () => {
    expect(detectableMean(itemsForMean(0.04, 0.02, plan), 0.04, plan)).toBeCloseTo(0.02, 12);
    const twice = pairedRepeatsVariance(0.02, { variance: 0.2, repeats: 2 }, { variance: 0.2, repeats: 4 });
    expect(twice).toBeCloseTo(0.17, 12);
  });
  it('limits: the number of items is the first that proves it', () => {
    for (const events of [0, 2, 7]) {
      const items = itemsToProveLimit(0.02, events, 0.95);
      expect(clopperPearsonUpper(events, items, 0.05)).toBeLessThanOrEqual(0.02);
      expect(clopperPearsonUpper(events, items - 1, 0.05)).toBeGreaterThan(0.02);
    }
    expect(limitPower(100, 0.01, 0, 0.95)).toBe(0);
    expect(limitPower(299, 0.01, 0, 0.95)).toBe(1);
    expect(limitPower(299, 0.01, 0.001, 0.95)).toBeCloseTo(0.999 ** 299, 12);
  });
});

it('the power of the t test is what simulation finds', () => {
  const random = Generator.fromSeed(41);
  let shown = 0;
  for (let r = 0; r < 6000; r++) {
    const mean = sampleMean(Array.from({ length: 12 }, () => 0.6 + drawNormal(random)));
    if (mean.kind === 'estimate' && tTest(mean, 0, 'greater').pValue < 0.05) shown++;
  }
  expect(shown / 6000).toBeCloseTo(tTestPower(12, 0.6, 0.05), 1.5);
});
