import { describe, expect, it } from 'vitest';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy, readyMade } from '../policy/policy.ts';
import { decodeState, encodeState } from '../state/codec.ts';
import { leaseExpired, newTarget } from '../state/state.ts';
import { begin, checkGiven } from './begin.ts';
import { abort, approve, pause, resume } from './commands.ts';
import { revert, revertInPlace } from './revert.ts';
import { ann, good, started } from './simulated-rollout.ts';
import { SimulatedTarget } from './simulated-target.ts';
import { tick } from './tick.ts';

describe('a rollout that another version of the judge began', () => {
  const policy = parsePolicy('{kind: sequential, assume: independent, guards: [errors], min-requests: 10}');

  it('is neither judged nor moved, and can be aborted', () => {
    const world = started({ policy, plan: parsePlan('25@1h,100@1h') });
    world.go(8);
    const { rollout } = world.state;
    if (rollout?.evidence.kind !== 'sequential') throw new Error('not judged by the sequential judge');
    const { errors } = rollout.evidence.guards;
    if (!errors) throw new Error('the guard errors is not there');
    const beside = { ...errors.beside, wealth: [...errors.beside.wealth, 0, 0, 0] };
    const guards = { errors: { ...errors, beside } };
    const older = { ...world.state, rollout: { ...rollout, evidence: { ...rollout.evidence, guards } } };
    world.state = decodeState(encodeState(older));
    expect(() => world.go(1)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          /another version of Sluice: its state has 10 bets for the guard errors \(beside\), and this one makes 7\. .*command: abort/,
        ),
      }),
    );
    expect(world.target.canaryPercent).toBe(25);
    const ended = abort(world.state, ann, world.target.now);
    world.target.carryOut(ended);
    world.state = ended.state;
    expect(world.target.canaryPercent).toBe(0);
    expect(world.go(1)).toEqual(['none at 0']);
  });
});

describe('a canary, minute by minute', () => {
  it('goes through its plan and becomes live, and the next one goes the other way', () => {
    const world = started();
    expect(world.go(40)).toEqual([
      'advance at 1',
      'advance at 25',
      'advance at 100',
      'complete at 100',
      ...Array(6).fill('none at 100'),
    ]);
    expect(world.state.live).toBe('canary');
    expect(world.state.history).toMatchObject([{ runId: 'run-good', metrics: { 'error-rate': 0 } }]);

    const next = begin(
      world.state,
      { ...good, runId: 'run-next' },
      { busy: 'refuse', now: world.target.now, history: [] },
    );
    world.state = next.state;
    expect(world.go(24)).toEqual(['advance at 99', 'advance at 75', 'advance at 0']);
  });

  it('gives a promoted version its traffic back after a restart, but not what a person took from it', () => {
    const world = started();
    world.go(40);
    world.target.restart();
    expect(world.go(1)).toEqual(['none at 100']);
    world.target.canaryPercent = 30;
    expect(world.go(2)).toEqual(['none at 30', 'none at 30']);
    world.target.canaryPercent = 20;
    const { reason } = tick(world.state, world.target.look('fine'), world.target.now);
    expect(reason).toMatch(/set its share to 20 %/);
    world.target.restart();
    expect(world.go(2)).toEqual(['none at 0', 'none at 0']);
  });

  it('goes back when more than 1 % fail in 5 minutes in a row, and stays there', () => {
    const world = started({ plan: parsePlan('25@1h,100@1h') });
    world.go(3);
    expect(world.go(4, 'bad')).toEqual([]);
    expect(world.go(1, 'bad')).toEqual(['rollback at 0']);
    expect(world.state.rollout?.closed?.reason).toMatch(/errors: more than 1 % errors in 5 consecutive/);
    expect(world.go(1)).toEqual(['none at 0']);
    world.target.canaryPercent = 40;
    expect(world.go(2)).toEqual(['none at 0', 'none at 0']);
  });

  it('gives the weight back after a restart of the router, and says so', () => {
    const world = started({ plan: parsePlan('25@1h,100@1h') });
    world.go(10);
    world.target.restart();
    const step = tick(world.state, world.target.look('fine'), world.target.now);
    expect(step).toMatchObject({ decision: 'hold', actions: [{ percent: 25 }] });
    expect(step.reason).toMatch(/router restarted and gives the candidate 0 %, set to 25 %/);
  });

  it('pauses when somebody else moved the weight, and goes on when told to', () => {
    const world = started({ plan: parsePlan('25@1h,100@1h') });
    world.go(10);
    world.target.canaryPercent = 5;
    expect(world.go(2)).toEqual(['paused at 5', 'paused at 5']);
    world.state = resume(world.state, ann, world.target.now).state;
    expect(world.go(1)).toEqual([]);
    expect(world.target.canaryPercent).toBe(25);
  });

  it('says of a paused rollout what a restart of the router has made of its share', () => {
    const world = started({ plan: parsePlan('25@1h,100@1h') });
    world.go(10);
    world.state = pause(world.state, ann, world.target.now).state;
    world.target.restart();
    const step = tick(world.state, world.target.look('fine'), world.target.now);
    expect(step).toMatchObject({ decision: 'paused', actions: [] });
    expect(step.reason).toMatch(/looked at it; the router restarted and gives the candidate 0 %/);
  });

  it('rolls back also while it is paused', () => {
    const world = started({ plan: parsePlan('25@1h,100@1h') });
    world.go(10);
    world.state = pause(world.state, ann, world.target.now).state;
    expect(world.go(5, 'bad').at(-1)).toBe('rollback at 0');
  });

  it('holds when another model answers', () => {
    const world = started();
    world.go(5);
    expect(world.go(20, 'good', 'wrong-model')).toEqual([]);
    expect(world.target.canaryPercent).toBe(1);
  });

  it('waits for an approval and for an open window', () => {
    const world = started({
      policy: parsePolicy(
        '{kind: classic, min-requests: 10, approval: last-stage, windows: ["not 00:30-02:00 UTC"]}',
      ),
    });
    expect(world.go(120)).toEqual(['advance at 1', 'advance at 25']);
    world.state = approve(world.state, ann, world.target.now).state;
    expect(world.go(5)).toEqual(['advance at 100']);
  });

  it('watches a promoted version and takes it back', () => {
    const world = started({ policy: parsePolicy('{kind: classic, min-requests: 10, watch: 1h}') });
    world.go(35);
    expect(world.state).toMatchObject({ live: 'canary', rollout: { phase: 'watched' } });
    expect(world.go(6, 'bad')).toContain('rollback at 0');
    expect(world.state).toMatchObject({ live: 'stable', history: [{ revertedAt: expect.any(Number) }] });
  });

  it('keeps a holdback through the last soak of the sequential policy, and its state small', () => {
    const target = new SimulatedTarget();
    target.pass(1500, 'canary', 'good');
    const { minutes } = target.look('fine');
    const plan = parsePlan('1@1h,5@2h,25@2h,100@1h');
    const options = { busy: 'refuse' as const, now: target.now, history: minutes };
    const candidate = { ...good, plan, policy: readyMade('sequential') };
    let { state } = begin(newTarget('t'), candidate, options);
    const said: string[] = [];
    for (let i = 0; i < 380; i++) {
      target.pass(1, 'canary', 'good');
      const step = tick(state, target.look('fine'), target.now);
      target.carryOut(step);
      state = step.state;
      if (!['hold', 'none'].includes(step.decision)) said.push(`${step.decision} at ${target.canaryPercent}`);
    }
    expect(said).toEqual([
      'advance at 1',
      'advance at 5',
      'advance at 25',
      'advance at 95',
      'complete at 100',
    ]);
    expect(encodeState(state).length).toBeLessThan(50_000);
  });

  it('is found when its ticks stopped coming', () => {
    const world = started();
    world.go(3);
    expect(leaseExpired(world.state, world.target.now + 59 * 60_000)).toBe(false);
    expect(leaseExpired(world.state, world.target.now + 61 * 60_000)).toBe(true);
  });
});

describe('what is given besides the target', () => {
  it('must equal the state', () => {
    const world = started();
    checkGiven(world.state, { plan: good.plan, policy: good.policy, runId: 'run-good' });
    expect(() => checkGiven(world.state, { plan: parsePlan('5@1h'), runId: 'run-other' })).toThrow(
      /run-id: given run-other, .* started with run-good[\s\S]*plan: given 5@1h, .* with 1@10m,25@10m,100@10m/,
    );
  });

  it('names the run that is in the way, or replaces it', () => {
    const world = started();
    world.go(3);
    const other = { ...good, runId: 'run-other' };
    const options = { now: world.target.now, history: [] };
    expect(begin(world.state, other, { ...options, busy: 'refuse' })).toMatchObject({
      outcome: 'busy',
      reason: expect.stringContaining('run-good (toy-v1.0.0) is under way at 1 %'),
    });
    const replaced = begin(world.state, other, { ...options, busy: 'replace' });
    expect(replaced).toMatchObject({ outcome: 'begun', actions: [{ percent: 0 }] });
    expect(replaced.state.rollout).toMatchObject({ runId: 'run-other', phase: 'starting', weight: 0 });
  });

  it('does not start a run twice', () => {
    const world = started();
    const options = { busy: 'refuse' as const, now: world.target.now, history: [] };
    expect(begin(world.state, good, options).outcome).toBe('going-on');
    world.go(40);
    expect(begin(world.state, good, options).outcome).toBe('finished');
  });
});

describe('a rollback by hand', () => {
  it('acts only on the run it is given, and the same again changes nothing', () => {
    const world = started();
    world.go(40);
    expect(revert(world.state, 'run-other', 'test', 1)).toMatchObject({ reverted: false, actions: [] });
    const once = revert(world.state, 'run-good', 'slow answers', 1);
    expect(once).toMatchObject({ reverted: true, actions: [{ percent: 0, canaryPercent: 0 }] });
    expect(once.state.live).toBe('stable');
    const twice = revert(once.state, 'run-good', 'again', 2);
    expect(twice).toMatchObject({ reverted: true, actions: once.actions });
    expect(twice.state).toEqual(once.state);
  });

  it('of a slot that itself goes back leaves the users in it, also at later ticks', () => {
    const world = started();
    // one that is not live yet goes back as ever
    expect(revertInPlace(world.state, 'run-good', 'x', 1)).toEqual(revert(world.state, 'run-good', 'x', 1));
    world.go(40);
    const { live } = world.state;
    const once = revertInPlace(world.state, 'run-good', 'slow answers', 1);
    expect(once).toMatchObject({ reverted: true, actions: [], restored: undefined });
    expect(once.state).toMatchObject({ live, rollout: null, history: [{ revertedAt: 1 }] });
    const twice = revertInPlace(once.state, 'run-good', 'again', 2);
    expect(twice.reverted).toBe(true);
    expect(twice.state).toEqual(once.state);
    const router = { identity: 'r', canaryPercent: live === 'canary' ? 100 : 0 };
    const later = tick(once.state, { clock: null, minutes: [], router }, 3);
    expect(later).toMatchObject({ decision: 'none', actions: [] });
    expect(revertInPlace(world.state, 'run-other', 'test', 1).reverted).toBe(false);
  });
});
