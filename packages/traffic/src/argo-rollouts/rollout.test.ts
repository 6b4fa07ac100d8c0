import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SLOTS } from '../kubernetes/noted-slots.ts';
import { type ArgoRollout, aimIn, moved, shareIn, stableSlot } from './rollout.ts';
import { type CanaryStep, lastWeight, RESTING, stepsTo } from './steps.ts';

interface Given {
  readonly steps?: readonly CanaryStep[];
  readonly weight?: number;
  readonly stable?: string;
  readonly wanted?: string;
  readonly slots?: string;
  readonly whole?: number;
  readonly abort?: boolean;
}

const rollout = ({
  steps = RESTING,
  weight = 0,
  stable = 'old',
  wanted = 'new',
  slots,
  whole,
  abort,
}: Given): ArgoRollout => ({
  metadata: { name: 'qwen', ...(slots ? { annotations: { [SLOTS]: slots } } : {}) },
  spec: {
    replicas: 4,
    strategy: { canary: { steps, trafficRouting: whole ? { maxTrafficWeight: whole } : {} } },
  },
  status: {
    stableRS: stable,
    currentPodHash: wanted,
    ...(abort === undefined ? {} : { abort }),
    canary: { weights: { canary: { weight } } },
  },
});
const stepsOf = (patch: object | undefined) =>
  (patch as ArgoRollout | undefined)?.spec.strategy?.canary?.steps;

describe('the steps to a weight', () => {
  it('go up by the weight that holds, the Pods, then the weight; down at once', () => {
    const standing = { from: 5, whole: 100, replicas: 4 };
    expect(stepsTo(25, standing)).toEqual([
      { setWeight: 5 },
      { setCanaryScale: { replicas: 1 } },
      { setWeight: 25 },
      { pause: {} },
    ]);
    expect(stepsTo(26, { ...standing, from: 0 })[0]).toEqual({ setCanaryScale: { replicas: 2 } });
    expect(stepsTo(1, standing)).toEqual([{ setWeight: 1 }, { pause: {} }]);
    expect(stepsTo(0, standing)).toBe(RESTING);
  });

  it('end at the weight and stay there, and never begin at another one than holds', () => {
    const weight = fc.integer({ min: 0, max: 100 });
    fc.assert(
      fc.property(weight, weight, fc.integer({ min: 1, max: 64 }), (to, from, replicas) => {
        const steps = stepsTo(to, { from, whole: 100, replicas });
        expect(lastWeight(steps)).toBe(to);
        expect(steps.at(-1)).toEqual({ pause: {} });
        const first = steps.find(({ setWeight }) => setWeight !== undefined)?.setWeight;
        expect([from, to]).toContain(first);
        const pods = steps.find(({ setCanaryScale }) => setCanaryScale)?.setCanaryScale?.replicas ?? 1;
        expect(pods).toBeGreaterThanOrEqual(1);
        expect(pods).toBeLessThanOrEqual(replicas);
      }),
    );
  });
});

describe('a Rollout', () => {
  it('sends slot canary what it sends its candidate, and all of a whole that is not 100', () => {
    expect(shareIn(rollout({ weight: 25 }))).toBe(25);
    expect(shareIn(rollout({ weight: 25, whole: 1000 }))).toBe(2.5);
    expect(shareIn(rollout({ weight: 100, wanted: 'old' }))).toBe(0);
  });

  it('swaps the slots with a promotion, and keeps them where somebody else put a version in', () => {
    const slots = 'stable=old,canary=new';
    expect(stableSlot(rollout({ slots }))).toBe('stable');
    expect(stableSlot(rollout({ slots, stable: 'new' }))).toBe('canary');
    expect(shareIn(rollout({ slots, stable: 'new', wanted: 'new' }))).toBe(100);
    // the next candidate takes users from slot canary
    expect(shareIn(rollout({ slots: 'canary=new', stable: 'new', wanted: 'newer', weight: 10 }))).toBe(90);
    expect(stableSlot(rollout({ slots: 'canary=new', stable: 'stranger' }))).toBe('canary');
  });

  it('is moved by new steps, and not at all where its steps lead there', () => {
    const patch = moved(rollout({}), 5);
    expect(stepsOf(patch)).toEqual([{ setCanaryScale: { replicas: 1 } }, { setWeight: 5 }, { pause: {} }]);
    expect((patch as ArgoRollout).metadata.annotations?.[SLOTS]).toBe('stable=old,canary=new');
    expect(moved(rollout({ steps: stepsOf(patch) as CanaryStep[] }), 5)).toBeUndefined();
    // an abort takes all back, whatever the steps say
    expect(aimIn(rollout({ steps: stepsOf(patch) as CanaryStep[], abort: true }))).toBe(0);
    const back = moved(rollout({ slots: 'canary=new', stable: 'new', wanted: 'newer', weight: 10 }), 75);
    expect(lastWeight(stepsOf(back) as CanaryStep[])).toBe(25);
  });

  it('says what it cannot do', () => {
    expect(() => moved(rollout({ wanted: 'old' }), 5)).toThrow(/no version besides its stable one/);
    expect(moved(rollout({ wanted: 'old' }), 0)).toBeUndefined();
    expect(() => moved(rollout({}), 0.5)).toThrow(/in steps of 1 %/);
    expect(lastWeight(stepsOf(moved(rollout({ whole: 1000 }), 0.5)) as CanaryStep[])).toBe(5);
  });
});
