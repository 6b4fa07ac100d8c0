import { parsePlan } from '../plan/plan.ts';
import { parsePolicy } from '../policy/policy.ts';
import { newTarget } from '../state/state.ts';
import { begin, type Candidate } from './begin.ts';
import { type Health, SimulatedTarget, type Source } from './simulated-target.ts';
import { tick } from './tick.ts';

/** What the tests roll out. */
export const good: Candidate = {
  runId: 'run-good',
  record: `records/good#sha256=${'0'.repeat(64)}`,
  identity: { model: `sha256:${'1'.repeat(64)}` },
  image: `registry/toy@sha256:${'2'.repeat(64)}`,
  version: 'toy-v1.0.0',
  plan: parsePlan('1@10m,25@10m,100@10m'),
  policy: parsePolicy('{kind: classic, min-requests: 10, max-hold: 1h}'),
  metricSource: 'access.log',
};
/** A person. */
export const ann = { by: 'ann', reason: 'looked at it' };

/** A rollout that has begun, on a simulated router. */
export function started(candidate: Partial<Candidate> = {}) {
  const target = new SimulatedTarget();
  target.pass(10, 'canary', 'good');
  const begun = begin(
    newTarget('haproxy tcp:gateway:9999'),
    { ...good, ...candidate },
    { busy: 'refuse', now: target.now, history: [] },
  );
  let { state } = begun;
  /** A look a minute for so long; the decisions that were not `hold`. */
  const go = (minutes: number, health: Health = 'good', source: Source = 'fine') => {
    const said: string[] = [];
    for (let i = 0; i < minutes; i++) {
      target.pass(1, state.rollout?.candidate ?? 'canary', health);
      const step = tick(state, target.look(source), target.now);
      target.carryOut(step);
      state = step.state;
      if (step.decision !== 'hold') said.push(`${step.decision} at ${target.canaryPercent}`);
    }
    return said;
  };
  return {
    target,
    go,
    get state() {
      return state;
    },
    set state(next) {
      state = next;
    },
  };
}
