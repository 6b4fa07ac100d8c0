import { describe, expect, it } from 'vitest';
import { begin } from '../machine/begin.ts';
import { abort } from '../machine/commands.ts';
import { SimulatedTarget } from '../machine/simulated-target.ts';
import { tick } from '../machine/tick.ts';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { decodeState, encodeState } from '../state/codec.ts';
import { newTarget } from '../state/state.ts';

/** A rollout of this plan and policy, looked at each minute; the decisions that were not `hold`, and the last reason. */
function rolledOut(plan: string, policy: string) {
  const target = new SimulatedTarget();
  target.pass(10, 'canary', 'good');
  const candidate = {
    runId: 'run-test',
    record: 'none',
    identity: { model: 'unproven' },
    image: 'none',
    version: 'toy-v1.0.0',
    plan: parsePlan(plan),
    policy: parsePolicy(policy),
    metricSource: 'access.log',
  };
  let { state } = begin(newTarget('t'), candidate, { busy: 'refuse', now: target.now, history: [] });
  const go = (minutes: number, health: 'good' | 'bad') => {
    const said: string[] = [];
    let reason = '';
    for (let i = 0; i < minutes; i++) {
      target.pass(1, 'canary', health);
      const step = tick(state, target.look('fine'), target.now);
      target.carryOut(step);
      state = decodeState(encodeState(step.state));
      reason = step.reason;
      if (step.decision !== 'hold') said.push(`${step.decision} at ${target.canaryPercent}`);
    }
    return { said, reason };
  };
  return { target, go, state: () => state };
}

describe('an A/B test', () => {
  const policy = '{kind: classic, mode: ab, compare: {metric: errors}, min-requests: 10, max-hold: 1h}';

  it('keeps its split, promotes nothing, and says which version is better, also long after its time', () => {
    const world = rolledOut('50@2h', policy);
    expect(world.go(60, 'good')).toEqual({
      said: ['advance at 50'],
      reason: expect.stringMatching(/^A\/B test at 50 %, 1 h \d+ min left: neither is known to be better/),
    });
    const after = world.go(400, 'good');
    expect(after).toEqual({
      said: [],
      reason: expect.stringMatching(
        /^A\/B test over: neither .* Nothing is promoted; end it with command abort/,
      ),
    });
    expect(world.target.canaryPercent).toBe(50);
    const ended = abort(world.state(), { by: 'ann', reason: 'seen' }, world.target.now);
    expect(ended).toMatchObject({ decision: 'rollback', actions: [{ canaryPercent: 0 }] });
    expect(world.state()).toMatchObject({ live: 'stable', history: [] });
  });

  it('still takes a version back that its guards find broken', () => {
    const world = rolledOut('50@2h', policy);
    world.go(20, 'good');
    expect(world.go(20, 'bad').said[0]).toBe('rollback at 0');
  });
});

it('blue-green is one stage: one move there, and one back', () => {
  const world = rolledOut('100@24h', '{kind: classic, min-requests: 10}');
  expect(world.go(20, 'good').said).toEqual(['advance at 100']);
  expect(world.go(20, 'bad').said[0]).toBe('rollback at 0');
  const control = rolledOut('100@24h', 'sequential');
  expect(control.go(20, 'good').said).toEqual(['advance at 95']);
  expect(control.go(30, 'bad').said[0]).toBe('rollback at 0');
  const nobody = rolledOut('100@24h', '{kind: sequential, holdback: 0}');
  expect(nobody.go(20, 'good').said).toEqual(['advance at 100']);
});
