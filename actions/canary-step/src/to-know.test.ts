import { begin, newTarget, parsePlan, parsePolicy, type RolloutState, tick } from '@sluice/rollout';
import { describe, expect, it } from 'vitest';
import { toKnow } from './to-know.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

function begun(policy: string): RolloutState {
  const candidate = {
    runId: 'run-00001',
    record: `records/r#${DIGEST}`,
    identity: { model: DIGEST },
    image: `registry.example/chat@${DIGEST}`,
    version: 'chat-v1.1.0',
    plan: parsePlan('100@3h'),
    policy: parsePolicy(policy),
    metricSource: 'access.log',
  };
  return begin(newTarget('t'), candidate, { busy: 'refuse', now: START, history: [] }).state;
}

const look = (state: RolloutState, at: number, canaryPercent: number, errors = 0) =>
  tick(
    state,
    {
      clock: at,
      minutes: [{ start: at - MINUTE, stable: NONE, canary: { requests: 600, errors } }],
      router: { identity: 'haproxy-1', canaryPercent },
    },
    at,
  );
const NONE = { requests: 0, errors: 0 };

describe('what a person should know of a tick', () => {
  it('is nothing where it came in time, and when its lease ended where it did not', () => {
    const before = look(begun('sequential'), START + MINUTE, 0).state;
    const [soon, late] = [START + 2 * MINUTE, START + 120 * MINUTE];
    expect(toKnow(before, look(before, soon, 100), soon)).toEqual([]);
    expect(toKnow(before, look(before, late, 100), late)).toEqual([
      expect.stringMatching(/^no tick of run run-00001 came in time: its lease ended at 2026-01-01T01:01/),
    ]);
  });

  it('is a fault that nothing runs beside: it holds, and a person must look', () => {
    let state = begun('{kind: sequential, holdback: 0}');
    for (let i = 1; i < 40; i++) state = look(state, START + i * MINUTE, i === 1 ? 0 : 100, 300).state;
    const now = START + 40 * MINUTE;
    expect(toKnow(state, look(state, now, 100, 300), now)).toEqual([
      expect.stringMatching(/^errors: .* nothing runs beside it/),
    ]);
  });
});
