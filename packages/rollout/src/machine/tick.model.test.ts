import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contradiction, otherSlot } from '../observations/minute.ts';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { decodeState, encodeState } from '../state/codec.ts';
import { newTarget, openRollout, type RolloutState } from '../state/state.ts';
import { begin, type Candidate } from './begin.ts';
import { abort, approve, pause, resume } from './commands.ts';
import { type Health, SimulatedTarget, type Source } from './simulated-target.ts';
import type { Step } from './step.ts';
import { tick } from './tick.ts';

const PLAN = parsePlan('1@10m,5@20m,100@30m');
const POLICY = parsePolicy(
  '{kind: classic, max-hold: 40m, min-requests: 10, errors: {min-requests: 5}, latency: {min-requests: 5}}',
);
const SEQUENTIAL = parsePolicy('{kind: sequential, max-hold: 40m, min-requests: 10}');
const person = { by: 'ann', reason: '' };

const candidate = (n: number, watch: boolean, policy = POLICY): Candidate => ({
  runId: `run-${n}`.padEnd(8, '0'),
  record: `records/${n}#sha256=${'0'.repeat(64)}`,
  identity: { model: `sha256:${String(n).padStart(64, '0')}` },
  image: 'none',
  version: `toy-v1.${n}.0`,
  plan: PLAN,
  policy: watch ? { ...policy, watch: '20m' } : policy,
  metricSource: 'access.log',
});

class World {
  target = new SimulatedTarget();
  state: RolloutState = newTarget('haproxy unix:/run/haproxy.sock');
  runs = 0;
  /** Set when somebody took weight away by hand; only a resume or a new rollout may give it back. */
  takenAway = false;

  candidateSlot() {
    return this.state.rollout?.candidate ?? otherSlot(this.state.live);
  }

  write(state: RolloutState): void {
    const json = encodeState(state);
    this.state = decodeState(json);
    expect(this.state).toEqual(state);
  }

  tick(source: Source, killed: boolean): Step {
    const before = this.state;
    const { target } = this;
    const seen = target.look(source);
    const step = tick(before, seen, target.now);
    expect(tick(step.state, seen, target.now).state, 'the same tick twice').toEqual(step.state);
    const open = openRollout(before);
    const allowed = [0, ...PLAN.map((s) => s.percent), 95, 95.5];
    const promoted = step.state.rollout?.phase === 'complete' ? [100] : [];
    for (const action of step.actions) {
      expect([...allowed, ...promoted]).toContain(action.percent);
      const raised = action.percent > target.share(action.candidate);
      if (raised && open) {
        expect(seen.clock).not.toBeNull();
        expect(seen.mismatch).toBeUndefined();
        // one that was judged before is not read again
        const unread = seen.minutes.filter((m) => m.start >= (open.through ?? 0));
        expect(unread.map(contradiction).filter((c) => c !== undefined)).toEqual([]);
        expect(open.paused).toBeNull();
        expect(['advance', 'hold', 'complete', 'none']).toContain(step.decision);
      }
      if (raised) expect(this.takenAway, 'what a person took away is not given back').toBe(false);
      if (raised && !open) expect(before.rollout?.phase).toBe('complete');
    }
    if (step.decision === 'rollback') expect(step.state.rollout?.phase).toBe('rolled-back');
    this.write(step.state);
    if (!killed) target.carryOut(step);
    return step;
  }
}

type Act = (world: World) => void;
const healths: Health[] = ['good', 'bad', 'missing'];
const sources: Source[] = ['fine', 'fine', 'fine', 'silent', 'contradictory', 'wrong-model'];

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 35 }), fc.constantFrom<Health>('good', 'good', 'good', ...healths))
      .map(
        ([minutes, health]): Act =>
          (w) =>
            w.target.pass(minutes, w.candidateSlot(), health),
      ),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(fc.constantFrom(...sources), fc.boolean()).map(
      ([source, killed]): Act =>
        (w) => {
          w.tick(source, killed);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Act>((w) => w.target.restart()),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 3, 50, 100).map(
      (percent): Act =>
        (w) => {
          const before = w.target.share(w.candidateSlot());
          w.target.canaryPercent = percent;
          const rollout = w.state.rollout;
          const isKnown =
            rollout?.pending && [rollout.pending.from, null].includes(w.target.share(rollout.candidate));
          if (w.target.share(w.candidateSlot()) < before && rollout && !isKnown) {
            // seen by the next tick, before anything else can happen
            w.tick('fine', false);
            const now = w.state.rollout;
            w.takenAway = now?.paused?.by === 'weight-changed';
          }
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(approve, pause, resume, abort).map(
      (command): Act =>
        (w) => {
          const step = command(w.state, person, w.target.now);
          if (command === resume && openRollout(w.state)) w.takenAway = false;
          w.write(step.state);
          w.target.carryOut(step);
        },
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('refuse' as const, 'replace' as const),
        fc.boolean(),
        fc.constantFrom(POLICY, SEQUENTIAL),
      )
      .map(
        ([busy, watch, policy]): Act =>
          (w) => {
            const wasOpen = openRollout(w.state);
            w.runs += 1;
            const begun = begin(w.state, candidate(w.runs, watch, policy), {
              busy,
              now: w.target.now,
              history: [],
            });
            expect(begun.outcome).toBe(wasOpen && busy === 'refuse' ? 'busy' : 'begun');
            w.write(begun.state);
            w.target.carryOut(begun);
            if (begun.outcome === 'begun') w.takenAway = false;
          },
      ),
  },
);

function play(acts: readonly Act[]): World {
  const world = new World();
  world.write(
    begin(world.state, candidate(0, false), { busy: 'refuse', now: world.target.now, history: [] }).state,
  );
  for (const a of acts) a(world);
  return world;
}

const acts = fc.array(act, { maxLength: 40 });
const runs = { numRuns: 60 };

describe('the state machine, whatever happens', () => {
  it('keeps the weight in the plan and changes nothing when a tick is repeated', () => {
    fc.assert(
      fc.property(acts, (list) => {
        play(list);
      }),
      runs,
    );
  });

  it('is promoted in the end when all is well', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const world = play(list);
        const { target } = world;
        for (let i = 0; i < 400 && openRollout(world.state); i++) {
          if (openRollout(world.state)?.paused) world.write(resume(world.state, person, target.now).state);
          target.pass(1, world.candidateSlot(), 'good');
          world.takenAway = false;
          world.tick('fine', i % 3 === 0);
        }
        const { rollout } = world.state;
        expect(['complete', 'rolled-back']).toContain(rollout?.phase);
        if (rollout?.phase === 'complete') expect(world.state.live).toBe(rollout.candidate);
      }),
      runs,
    );
  });

  it('is rolled back in the end when the candidate fails, and stays at 0', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const world = play(list);
        const { target } = world;
        const rollout = openRollout(world.state);
        fc.pre(rollout !== undefined && target.share(rollout.candidate) >= 1);
        for (let i = 0; i < 100; i++) {
          target.pass(1, world.candidateSlot(), 'bad');
          world.takenAway = false;
          world.tick('fine', i % 2 === 0);
        }
        const ended = world.state.rollout;
        const paused = ended?.paused?.by === 'weight-changed' || ended?.phase === 'starting';
        if (!paused) expect(ended?.phase).toBe('rolled-back');
        if (ended?.phase === 'rolled-back') expect(target.share(ended.candidate)).toBe(0);
      }),
      runs,
    );
  });

  it('is paused in the end when nothing can be seen', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const world = play(list);
        for (let i = 0; i < 30; i++) {
          world.target.pass(10, world.candidateSlot(), 'missing');
          world.tick('silent', false);
        }
        const open = openRollout(world.state);
        if (open && open.phase !== 'watched') expect(open.paused).not.toBeNull();
      }),
      runs,
    );
  });
});
