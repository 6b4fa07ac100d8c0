import type { Metric } from '@sluice/tracking';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LossCurve } from './loss-curve.ts';

test('every point is written once and in order, however often the server is away meanwhile', async () => {
  const away = fc.array(fc.boolean(), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 20 }), away, async (count, failures) => {
      const written: Metric[] = [];
      const outages = [...failures];
      const curve = new LossCurve(
        async (metrics) => {
          await Promise.resolve();
          if (outages.shift()) throw new Error('away');
          written.push(...metrics);
        },
        () => 1000,
      );
      for (let step = 1; step <= count; step++) {
        curve.add({ step, loss: 1 / step, learningRate: 1e-4, epoch: step / count });
        if (step % 3 === 0) await Promise.resolve();
      }
      for (const _ of failures) await curve.finish().catch(() => {});
      await curve.finish();
      const losses = written.filter(({ key }) => key === 'loss');
      expect(losses.map(({ step }) => step)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(written).toHaveLength(3 * count);
      expect(curve.points).toHaveLength(count);
    }),
  );
});

test('a server that stays away is an error at the end, not before', async () => {
  const curve = new LossCurve(
    () => Promise.reject(new Error('away')),
    () => 0,
  );
  curve.add({ step: 1, loss: 1, learningRate: 1, epoch: 1 });
  await expect(curve.finish()).rejects.toThrow('away');
});
