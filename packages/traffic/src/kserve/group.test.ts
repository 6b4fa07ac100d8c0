import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Slot } from '../router.ts';
import {
  checkGroup,
  type LlmService,
  shareOf,
  troubles,
  type Weights,
  weightsFor,
  writesTo,
} from './group.ts';

const share = fc.oneof(
  fc.constantFrom(0, 100),
  fc.integer({ min: 100, max: 10_000 }).map((n) => n / 100),
);
const weight = fc.oneof(fc.constantFrom(0, 1, 100, 10_000), fc.integer({ min: 0, max: 1_000_000 }));
const slot = fc.constantFrom<Slot>('stable', 'canary');

describe('the weights of a group', () => {
  it('are whole numbers that the API takes, and give the share to a hundredth of a percent', () => {
    fc.assert(
      fc.property(share, (percent) => {
        const weights = weightsFor(percent);
        expect(shareOf(weights)).toBe(percent);
        for (const one of Object.values(weights)) {
          expect(Number.isInteger(one)).toBe(true);
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(1_000_000);
        }
      }),
      { numRuns: 1000 },
    );
    expect(() => weightsFor(0.5)).toThrow(/1 % and more/);
  });

  it('reach a share without a moment in which the candidate has more than the state says, or nobody the users', () => {
    const candidates = (weights: Weights, live: Slot) => {
      const both = weights.stable + weights.canary;
      return (live === 'stable' ? weights.canary : weights.stable) / both;
    };
    fc.assert(
      fc.property(share, weight, weight, slot, (percent, stable, canary, live) => {
        fc.pre(stable + canary > 0);
        let now: Weights = { stable, canary };
        // what the state says before, and after the write that it is in
        let said = candidates(now, live);
        const wanted = candidates(weightsFor(percent), live);
        const writes = writesTo(percent, now, live);
        expect(writes.filter(({ state }) => state)).toHaveLength(1);
        for (const write of writes) {
          now = { ...now, [write.slot]: write.weight };
          if (write.state) said = wanted;
          expect(now.stable + now.canary).toBeGreaterThan(0);
          expect(candidates(now, live)).toBeLessThanOrEqual(said + 1e-12);
        }
        expect(shareOf(now)).toBe(percent);
      }),
      { numRuns: 5000 },
    );
  });

  it('are one write from the first share to the last, and one round trip back to 0', () => {
    const plan = [1, 5, 25, 99, 100];
    for (const [i, percent] of plan.entries())
      if (i > 0)
        expect(writesTo(percent, weightsFor(plan[i - 1] as number), 'stable')).toEqual([
          { slot: 'stable', weight: weightsFor(percent).stable, state: true },
        ]);
    expect(writesTo(0, weightsFor(25), 'stable')[0]).toEqual({ slot: 'canary', weight: 0, state: false });
    // the next rollout is the other way round: the candidate stands in the object with the state
    expect(writesTo(99, weightsFor(100), 'canary')).toHaveLength(1);
    expect(writesTo(100, weightsFor(75), 'canary')[1]).toEqual({ slot: 'stable', weight: 0, state: true });
  });
});

describe('a group', () => {
  const member = (
    name: string,
    route: object | undefined,
    spec: object = {},
    status: object = {},
  ): LlmService => ({
    metadata: { name },
    spec: { model: { name: 'qwen' }, router: route ? { route } : {}, ...spec },
    status,
  });
  const group = (weight: number) => ({ group: 'qwen', weight });

  it('is refused where its members would not share users', () => {
    const stable = member('qwen', group(100));
    expect(() => checkGroup(stable, member('next', group(0)))).not.toThrow();
    expect(() => checkGroup(member('qwen', undefined), undefined)).toThrow(/in no routing group/);
    expect(() => checkGroup(stable, member('next', {}))).toThrow(/next is in no routing group/);
    expect(() => checkGroup(stable, member('next', { group: 'other', weight: 0 }))).toThrow(
      /in the group .?other/,
    );
    const named = member('next', group(0), { model: { name: 'qwen-2' } });
    expect(() => checkGroup(stable, named)).toThrow(/of one model name only/);
    // a template may name it
    expect(() => checkGroup(stable, { ...named, spec: { ...named.spec, baseRefs: [{}] } })).not.toThrow();
  });

  it('says what keeps it from splitting', () => {
    const status = {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'WorkloadNotReady', message: 'no replicas' },
        { type: 'GroupDegraded', status: 'True', reason: 'MemberDivergence' },
        { type: 'GroupReady', status: 'True' },
      ],
      router: { group: { members: [{ name: 'qwen', weight: 100 }] } },
    };
    expect(troubles(member('qwen', group(100), {}, status), ['qwen', 'next'])).toEqual([
      'KServe says Ready=False of qwen: WorkloadNotReady no replicas',
      'KServe says GroupDegraded=True of qwen: MemberDivergence',
      'next is not in the routes of qwen yet: KServe adds it when it is ready',
    ]);
    expect(troubles(member('qwen', group(100)), ['qwen', 'next'])).toEqual([]);
  });
});
