import { SystemError, UserError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { Combined } from './combined.ts';
import { openMetrics } from './open.ts';
import type { Counts, MetricSource } from './source.ts';

const STEP = 60_000;
const source = (
  name: string,
  steps: readonly number[],
  counts: Partial<Counts>,
  fails?: Error,
): MetricSource => ({
  name,
  step: STEP,
  counts: true,
  now: async () => new Date(Math.max(...steps, 0) * STEP + STEP),
  window: async (from, to) => {
    if (fails) throw fails;
    return steps
      .filter((s) => s * STEP >= from.getTime() && s * STEP < to.getTime())
      .map((s) => {
        const slot = { requests: 10, errors: 0, ...counts };
        return { start: new Date(s * STEP), stable: slot, canary: slot };
      });
  },
  notes: () => [],
});
const all = (combined: MetricSource) => combined.window(new Date(0), new Date(99 * STEP));
const gateway = source('gateway', [0, 1, 2, 3, 4, 5], { aborted: 1 });

describe('several sources', () => {
  it('add what those before them do not measure', async () => {
    const engine = source('engine', [0, 1, 2, 3, 4, 5], {
      aborted: 9,
      requests: 99,
      tokens: { count: 5, seconds: 1 },
    });
    const gpu = source('gpu', [0, 1, 2, 3, 4, 5], { gpu: { memory: 90 } });
    const combined = new Combined(gateway, [engine, gpu]);
    const minutes = await all(combined);
    expect(minutes).toHaveLength(6);
    expect(minutes[0]?.canary).toEqual({
      requests: 10,
      errors: 0,
      aborted: 1,
      tokens: { count: 5, seconds: 1 },
      gpu: { memory: 90 },
    });
    expect(combined.missing()).toBeUndefined();
    expect(combined.name).toBe('gateway and engine and gpu');
  });

  it('wait for one that is a few steps behind', async () => {
    const combined = new Combined(gateway, [source('slow', [0, 1, 2, 3], { invalid: 1 })]);
    const minutes = await all(combined);
    expect(minutes.map((m) => m.canary.invalid)).toEqual([1, 1, 1, 1]);
    expect(combined.missing()).toBeUndefined();
  });

  it.each([
    ['stopped', source('gpu', [0, 1], { invalid: 1 }), /gpu has nothing for/],
    ['never began', source('gpu', [], {}), /gpu has nothing for/],
    ['does not answer', source('gpu', [0], {}, new SystemError('refused')), /gpu: refused/],
  ])('go on without one that %s, and say it', async (_, gpu, why) => {
    const combined = new Combined(gateway, [gpu]);
    expect(await all(combined)).toHaveLength(6);
    expect(combined.missing()).toMatch(why);
  });

  it('have nothing to wait for while the first has nothing', async () => {
    const combined = new Combined(source('gateway', [], {}), [
      source('gpu', [], {}, new SystemError('refused')),
    ]);
    expect(await all(combined)).toEqual([]);
    expect(combined.missing()).toBeUndefined();
  });

  it('a fault of ours is not taken for silence', async () => {
    const broken = source('gpu', [0], {}, new TypeError('x'));
    await expect(all(new Combined(gateway, [broken]))).rejects.toThrow(TypeError);
  });

  it('are given on lines of their own, and the first counts requests', async () => {
    const metrics = 'http://prom?family=haproxy\n\n  http://prom?family=dcgm&stable=h1&canary=h2\n';
    expect((await openMetrics({ metrics })).name).toBe(
      'Prometheus at http://prom and Prometheus at http://prom (dcgm)',
    );
    const wrong = openMetrics({ metrics: 'http://prom?family=dcgm&stable=h1&canary=h2' });
    await expect(wrong).rejects.toThrow(UserError);
    await expect(wrong).rejects.toThrow(/can only add to a source before it/);
  });
});
