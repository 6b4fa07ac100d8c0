import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { type Rollout, statusWord } from '../state/state.ts';
import { approve } from './commands.ts';
import { soaked } from './learn.ts';
import { ann, started } from './simulated-rollout.ts';
import { tick } from './tick.ts';

describe('a rollout whose figures are missing', () => {
  it('holds while the metrics are silent, then asks a person, who may let it go on', () => {
    const world = started();
    world.go(8);
    expect(world.go(60, 'missing', 'silent')).toEqual([]);
    expect(world.go(20, 'missing', 'silent').at(0)).toBe('undecided at 1');
    expect(statusWord(world.state)).toBe('paused');
    world.state = approve(world.state, ann, world.target.now).state;
    expect(world.go(5, 'missing', 'silent')).toEqual([]);
    expect(world.go(4)).toEqual(['advance at 25']);
  });

  it('does not count minutes that nobody saw as soak', () => {
    const world = started();
    world.go(6);
    world.go(4, 'missing');
    expect(world.go(4)).toEqual([]);
    expect(world.go(2)).toEqual(['advance at 25']);
  });

  it.each(['good', 'bad'] as const)(
    'is not blind after a minute that contradicts itself: a %s candidate',
    (health) => {
      const world = started();
      world.go(12);
      world.target.pass(3, 'canary', 'good');
      const torn = world.target.now;
      const look = () => {
        const seen = world.target.look('fine');
        const minutes = seen.minutes.map((m) =>
          // the source says the same of it for ever
          m.start === Math.floor((torn - 170_000) / 60_000) * 60_000 - 120_000
            ? { ...m, canary: { requests: 1, errors: 2 } }
            : m,
        );
        const step = tick(world.state, { ...seen, minutes }, world.target.now);
        world.state = step.state;
        world.target.carryOut(step);
        return step;
      };
      const lost = () => world.state.rollout?.stages.at(-1)?.lost ?? 0;
      const before = lost();
      const step = look();
      expect(step).toMatchObject({ decision: 'hold', actions: [] });
      expect(step.reason).toMatch(/contradict themselves: .* 2 errors of 1 requests/);
      expect(lost()).toBe(before + 60_000);
      const after = Array.from({ length: 20 }, () => {
        world.target.pass(1, 'canary', health);
        return look().decision;
      });
      expect(after).toContain(health === 'good' ? 'advance' : 'rollback');
    },
  );

  it('holds when nothing is heard of the candidate', () => {
    const world = started({
      plan: parsePlan('25@10m,100@10m'),
      policy: parsePolicy('{kind: classic, min-requests: 0}'),
    });
    world.go(2);
    const deaf = (minutes: number) => {
      for (let i = 0; i < minutes; i++) {
        world.target.pass(1, 'canary', 'good');
        const seen = world.target.look('fine');
        const stable = seen.minutes.map((m) => ({ ...m, canary: { requests: 0, errors: 0 } }));
        const step = tick(world.state, { ...seen, minutes: stable }, world.target.now);
        world.state = step.state;
        if (i > 3) expect(step).toMatchObject({ decision: 'hold', actions: [] });
        if (i > 3) expect(step.reason).toMatch(/no request of the candidate, while \d+ should/);
      }
    };
    deaf(30);
    // of the 10 minutes' soak only the first ones were heard
    expect(world.go(4)).toEqual([]);
    expect(world.go(8)).toContain('advance at 100');
  });

  it('takes a gap for no soak, whether ticks came through it or one came after it', () => {
    const soakedAfter = (ticks: readonly number[]) => {
      const world = started({
        plan: parsePlan('25@2h,100@10m'),
        policy: parsePolicy('{kind: classic, min-requests: 0, stale-after: 1h}'),
      });
      world.go(2);
      const gap = world.target.now + 5 * 60_000;
      for (const minutes of ticks) {
        world.target.pass(minutes, 'canary', 'good');
        const seen = world.target.look('fine');
        const silent = seen.minutes.map((m) =>
          m.start < gap || m.start >= gap + 20 * 60_000 ? m : { ...m, canary: { requests: 0, errors: 0 } },
        );
        world.state = tick(world.state, { ...seen, minutes: silent }, world.target.now).state;
      }
      return soaked(world.state.rollout as Rollout) / 60_000;
    };
    const punctual = soakedAfter(Array.from({ length: 30 }, () => 1));
    expect(punctual).toBeLessThan(15);
    expect(soakedAfter([30])).toBe(punctual);
    expect(soakedAfter([7, 20, 3])).toBe(punctual);
  });

  it('holds when nothing is heard of the live version', () => {
    const world = started({
      plan: parsePlan('25@10m,100@10m'),
      policy: parsePolicy('{kind: sequential, holdback: 5, min-requests: 0, guards: [latency]}'),
    });
    world.go(14);
    expect(world.target.canaryPercent).toBe(95);
    for (let i = 0; i < 30; i++) {
      world.target.pass(1, 'canary', 'good');
      const seen = world.target.look('fine');
      const minutes = seen.minutes.map((m) => ({ ...m, stable: { requests: 0, errors: 0 } }));
      const step = tick(world.state, { ...seen, minutes }, world.target.now);
      world.state = step.state;
      expect(step.decision).toBe('hold');
      if (i > 3) expect(step.reason).toMatch(/no request of the live version, while \d+ should/);
    }
    expect(world.go(20)).toContain('complete at 100');
  });

  it('holds a fault that nothing runs beside, and a person decides', () => {
    const world = started({
      plan: parsePlan('25@1h,100@30m'),
      policy: parsePolicy('{kind: sequential, holdback: 0, guards: [errors], detect: {errors: 50}}'),
    });
    expect(world.go(70)).toEqual(['advance at 25', 'advance at 100']);
    expect(world.go(300, 'bad')).toEqual([]);
    const step = tick(world.state, world.target.look('fine'), world.target.now);
    expect(step.reason).toMatch(/^errors: .* in the last hour of this stage, and nothing runs beside it/);
    world.state = approve(world.state, ann, world.target.now).state;
    expect(world.go(2, 'bad')).toContain('complete at 100');
  });
});
