import { SystemError } from '@sluice/contract';
import { contradiction, type Rollout, readyMade } from '@sluice/rollout';
import type { MetricSource, Minute } from '@sluice/telemetry';
import type { Router } from '@sluice/traffic';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { judged, observe } from './observe.ts';

const router = { identity: async () => 'haproxy:1@2', weight: async () => 5 } as unknown as Router;
const rollout = { policy: readyMade('classic'), through: null } as unknown as Rollout;
const { signal } = new AbortController();

it('a source that does not answer is an observation, not an error', async () => {
  const silent = {
    name: 'Prometheus at http://p',
    now: async () => {
      throw new SystemError('did not answer');
    },
  } as unknown as MetricSource;
  const { observations, notes } = await observe(router, silent, rollout, undefined, signal);
  expect(observations).toEqual({
    clock: null,
    minutes: [],
    router: { identity: 'haproxy:1@2', canaryPercent: 5 },
  });
  expect(notes).toEqual(['Prometheus at http://p: did not answer']);
});

it('names a silent source once', async () => {
  const why = 'Prometheus at http://p does not answer: refused.';
  const now = async () => {
    throw new SystemError(why);
  };
  const silent = { name: 'Prometheus at http://p', now } as unknown as MetricSource;
  expect((await observe(router, silent, rollout, undefined, signal)).notes).toEqual([why]);
});

it('holds on what the router says is not any more what the share was set for, and passes its notes on', async () => {
  const changed = {
    ...router,
    wrong: async () => 'another template',
    notes: async () => ['no gateway has taken it up'],
  } as unknown as Router;
  const silent = {
    name: 'log',
    now: async () => {
      throw new SystemError('gone');
    },
  } as unknown as MetricSource;
  const seen = await observe(changed, silent, rollout, undefined, signal);
  expect(seen.observations.mismatch).toBe('another template');
  expect(seen.notes).toEqual(['no gateway has taken it up', 'log: gone']);
  // what was found wrong with the server itself comes first, and without a rollout nobody asks
  expect((await observe(changed, silent, rollout, 'another model', signal)).observations.mismatch).toBe(
    'another model',
  );
  expect((await observe(changed, undefined, null, undefined, signal)).observations.mismatch).toBeUndefined();
});

it('a fault of ours in a source is not taken for silence', async () => {
  const broken = {
    now: async () => {
      throw new TypeError('undefined is not a function');
    },
  } as unknown as MetricSource;
  await expect(observe(router, broken, rollout, undefined, signal)).rejects.toThrow(TypeError);
});

it('asks for whole intervals back to where a rollout without a look yet may begin', async () => {
  const asked: [Date, Date][] = [];
  const source = {
    now: async () => new Date(10_000_000),
    window: async (from: Date, to: Date) => {
      asked.push([from, to]);
      return [];
    },
    notes: () => [],
  } as unknown as MetricSource;
  await observe(router, source, rollout, 'another version answers', signal);
  expect(asked).toEqual([[new Date(10_000_000 - 5 * 60_000 - 60_000), new Date(10_000_000)]]);
});

it('no histogram makes an interval contradict itself, however its source counts', () => {
  const counts = fc
    .record({
      requests: fc.nat(1000),
      errors: fc.nat(1000),
      more: fc.array(fc.nat(500), { minLength: 3, maxLength: 3 }),
    })
    .map(({ requests, errors, more: [a = 0, b = 0, c = 0] }) => ({
      requests,
      errors: Math.min(errors, requests),
      latency: { bounds: [10, 100, Number.POSITIVE_INFINITY], cumulative: [a, a + b, a + b + c] },
    }));
  fc.assert(
    fc.property(counts, counts, (stable, canary) => {
      const minute = { start: new Date(60_000), stable, canary } as unknown as Minute;
      expect(contradiction(judged(minute))).toBeUndefined();
    }),
  );
});

it('users by group reach the judge, those alone that asked for anything', () => {
  const users = { requests: [4, 0, 2], errors: [1, 0, 0] };
  const counts = { requests: 6, errors: 1, users };
  expect(
    judged({ start: new Date(0), stable: counts, canary: { requests: 0, errors: 0 } }).stable.users,
  ).toEqual({
    0: { requests: 4, errors: 1 },
    2: { requests: 2, errors: 0 },
  });
});

it('tokens, GPU and answers that are no good reach the judge, never more of these than requests', () => {
  const counts = {
    ...{ requests: 6, errors: 1, invalid: 8, tokens: { count: 90, seconds: 3 }, gpu: { memory: 71 } },
    perToken: { bounds: [20, Number.POSITIVE_INFINITY], cumulative: [30, 60] },
  };
  const { stable } = judged({ start: new Date(0), stable: counts, canary: { requests: 0, errors: 0 } });
  expect(stable).toMatchObject({ invalid: 6, tokens: { count: 90, seconds: 3 }, gpu: { memory: 71 } });
  expect(stable.tpot?.cumulative).toEqual([3, 6]);
});

it('a part of the figures that is missing holds the rollout, and what is there judges', async () => {
  const counts = { requests: 1, errors: 0 };
  const source = {
    now: async () => new Date(10_000_000),
    window: async () => [{ start: new Date(9_960_000), stable: counts, canary: counts }],
    notes: () => [],
    missing: () => 'the GPU exporter does not answer',
  } as unknown as MetricSource;
  const { observations } = await observe(router, source, rollout, undefined, signal);
  expect(observations).toMatchObject({
    minutes: [{ start: 9_960_000 }],
    mismatch: expect.stringContaining('GPU'),
  });
});
