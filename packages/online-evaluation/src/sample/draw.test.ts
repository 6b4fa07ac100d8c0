import type { LoggedRequest } from '@sluice/telemetry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Draw, fairShares } from './draw.ts';
import { duePeriods } from './period.ts';

const HOUR = 3_600_000;
const request = (
  id: number,
  version: string,
  time: number,
  more: Partial<LoggedRequest> = {},
): LoggedRequest => ({
  time,
  version,
  requestId: `r${id}`,
  userId: undefined,
  latency: 1,
  first: undefined,
  tokens: undefined,
  prompt: `p${id}`,
  response: `a${id}`,
  outcome: 'answered',
  invalid: false,
  ...more,
});
const slotOf = (version: string) => (version === 'v2' ? 'canary' : 'stable') as 'stable' | 'canary';
const drawn = (requests: readonly LoggedRequest[], size: number, seed = 's') => {
  const draw = new Draw({ seed, slotOf, size });
  for (const r of requests) draw.take(r);
  return draw.answers();
};
const requests = fc.array(
  fc
    .record({ id: fc.nat(400), canary: fc.boolean(), hour: fc.nat(3) })
    .map(({ id, canary, hour }) => request(id, canary ? 'v2' : 'v1', hour * HOUR)),
  { maxLength: 120 },
);

describe('a draw', () => {
  it('gives both versions the same number in each hour, never more than asked for, each answer once', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 40 }), (all, size) => {
        const answers = drawn(all, size);
        const of = (slot: string) => answers.filter((a) => a.slot === slot);
        for (let hour = 0; hour < 4; hour++) {
          const here = (slot: string) => of(slot).filter((a) => a.time === hour * HOUR).length;
          expect(here('stable')).toBe(here('canary'));
        }
        expect(of('canary').length).toBeLessThanOrEqual(size);
        expect(new Set(answers.map((a) => `${a.id} ${a.time}`)).size).toBe(answers.length);
      }),
    );
  });

  it('is the same for the same seed, in whatever order the requests come', () => {
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 20 }), (all, size) => {
        expect(drawn(all.toReversed(), size)).toEqual(drawn(all, size));
      }),
    );
  });

  it('is another for another seed, and takes each request with the same chance', () => {
    const all = Array.from({ length: 20 }, (_, i) => [request(i, 'v1', 0), request(i, 'v2', 0)]).flat();
    const taken = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++)
      for (const { slot, prompt } of drawn(all, 5, `${seed}`))
        if (slot === 'canary') taken.set(prompt as string, (taken.get(prompt as string) ?? 0) + 1);
    // 2000 draws of 5 of 20: 500 each, five standard deviations are 97
    for (const count of taken.values()) expect(Math.abs(count - 500)).toBeLessThan(97);
    expect(taken.size).toBe(20);
  });

  it('passes over what failed or is of no version, and says how many it saw', () => {
    const draw = new Draw({ seed: 's', slotOf: (v) => (v === 'v3' ? undefined : slotOf(v)), size: 9 });
    draw.take(request(1, 'v1', 0));
    draw.take(request(1, 'v1', 0));
    draw.take(request(2, 'v1', 0, { outcome: 'error' }));
    draw.take(request(3, 'v3', 0));
    draw.take(request(4, 'v2', 0, { requestId: undefined }));
    expect(draw.seen).toEqual({ stable: 1, canary: 1 });
    expect(draw.answers()).toHaveLength(2);
  });

  it('shares a size over the hours as evenly as they allow', () => {
    expect(fairShares([10, 1, 10], 9)).toEqual([4, 1, 4]);
    expect(fairShares([2, 0], 9)).toEqual([2, 0]);
    fc.assert(
      fc.property(fc.array(fc.nat(30), { maxLength: 6 }), fc.nat(60), (most, size) => {
        const shares = fairShares(most, size);
        expect(shares.reduce((a, b) => a + b, 0)).toBe(
          Math.min(
            size,
            most.reduce((a, b) => a + b, 0),
          ),
        );
        const free = shares.filter((share, i) => share < (most[i] as number));
        for (const share of free) expect(Math.max(...shares) - share).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the periods that are due', () => {
  const H = 100;
  it('are those that are over, each once, the first from the beginning of the rollout', () => {
    expect(duePeriods(150, 420, 1000, H, [], 0)).toEqual([
      { from: 150, to: 200 },
      { from: 200, to: 300 },
      { from: 300, to: 400 },
    ]);
    expect(duePeriods(150, 420, 1000, H, [{ from: 200, to: 300 }], 0).map((p) => p.to)).toEqual([200, 400]);
    expect(duePeriods(150, 200, 1000, H, [], 1)).toEqual([]);
    expect(duePeriods(200, 300, 1000, H, [], 0)).toEqual([{ from: 200, to: 300 }]);
  });

  it('are not ended by a line that is ahead of the clock', () => {
    expect(duePeriods(150, 9e12, 330, H, [], 0).map((p) => p.to)).toEqual([200, 300]);
  });
});
