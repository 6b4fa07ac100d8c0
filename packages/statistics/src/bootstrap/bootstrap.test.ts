import { describe, expect, it } from 'vitest';
import { sampleMean } from '../means/one-sample.ts';
import { drawNormal } from '../random/draws.ts';
import { Generator } from '../random/generator.ts';
import { bcaInterval, percentile } from './bca.ts';
import { bootstrapClusteredMean, bootstrapMean, bootstrapStatistic } from './bootstrap.ts';
import { resampledMeans } from './resample.ts';

const options = (seed: number, resamples = 2000) => ({
  confidence: 0.9,
  resamples,
  random: Generator.fromSeed(seed),
});

function spread(values: Float64Array): number {
  const mean = sampleMean(values);
  if (mean.kind === 'undecided') throw new Error(mean.message);
  return mean.standardError * Math.sqrt(values.length);
}

describe('bootstrap', () => {
  it('without spread it is undecided, never [0, 0]', () => {
    expect(bootstrapMean(new Array(10).fill(0), options(1))).toMatchObject({
      kind: 'undecided',
      reason: 'no-spread',
    });
    expect(bcaInterval([1, 1, 1], 1, 0, 0.9)).toMatchObject({ reason: 'no-spread' });
    expect(bcaInterval([1, 2, 3], 9, 0, 0.9)).toMatchObject({ reason: 'undefined-statistic' });
    expect(bcaInterval([], 9, 0, 0.9)).toMatchObject({ reason: 'no-data' });
    expect(bootstrapMean([1], options(1))).toMatchObject({ reason: 'too-few-items' });
  });
  it('the same seed gives the same interval', () => {
    const values = Array.from({ length: 40 }, (_, i) => Math.sin(i));
    expect(bootstrapMean(values, options(9))).toEqual(bootstrapMean(values, options(9)));
    expect(bootstrapMean(values, options(9))).not.toEqual(bootstrapMean(values, options(10)));
  });
  it('drawing counts of few distinct values is drawing items', () => {
    const few = Float64Array.from({ length: 500 }, (_, i) => (i % 10 === 0 ? -1 : i % 7 === 0 ? 1 : 0));
    const many = few.map((x, i) => x + i * 1e-12);
    const counted = resampledMeans(few, 8000, Generator.fromSeed(1));
    const drawn = resampledMeans(many, 8000, Generator.fromSeed(2));
    expect(spread(counted) / spread(drawn)).toBeGreaterThan(0.96);
    expect(spread(counted) / spread(drawn)).toBeLessThan(1.04);
    const sorted = [counted.sort(), drawn.sort()] as const;
    expect(percentile(sorted[0], 0.5)).toBeCloseTo(percentile(sorted[1], 0.5), 2);
  });
  it('covers a skewed mean about as often as it says', () => {
    const random = Generator.fromSeed(12);
    let held = 0;
    for (let r = 0; r < 600; r++) {
      const values = Array.from({ length: 40 }, () => -Math.log(random.uniform()));
      const interval = bootstrapMean(values, { confidence: 0.9, resamples: 800, random });
      if (interval.kind === 'interval' && interval.lower <= 1 && 1 <= interval.upper) held++;
    }
    expect(held / 600).toBeGreaterThan(0.85);
    expect(held / 600).toBeLessThan(0.94);
  });
  it('a corpus ratio equals the mean where all denominators are 1', () => {
    const random = Generator.fromSeed(4);
    const values = Array.from({ length: 60 }, () => drawNormal(random));
    const rows = Float64Array.from(values.flatMap((x) => [x, 1]));
    const ratio = bootstrapStatistic(rows, 2, ([x, n]) => (x as number) / (n as number), options(1, 4000));
    const mean = bootstrapMean(values, options(2, 4000));
    if (ratio.kind === 'undecided' || mean.kind === 'undecided') throw new Error('undecided');
    expect(ratio.acceleration).toBeCloseTo(mean.acceleration, 10);
    expect(ratio.lower).toBeCloseTo(mean.lower, 1);
    expect(ratio.upper).toBeCloseTo(mean.upper, 1);
  });
  it('clusters are resampled whole: the interval is wider where items of a cluster agree', () => {
    const random = Generator.fromSeed(4);
    const labels = Array.from({ length: 400 }, (_, i) => i >> 3);
    const shared = Array.from({ length: 50 }, () => drawNormal(random));
    const values = labels.map((g) => (shared[g] as number) + 0.3 * drawNormal(random));
    const clustered = bootstrapClusteredMean(values, labels, options(3));
    const plain = bootstrapMean(values, options(3));
    if (clustered.kind === 'undecided' || plain.kind === 'undecided') throw new Error('undecided');
    expect(clustered.upper - clustered.lower).toBeGreaterThan(2 * (plain.upper - plain.lower));
  });
});
