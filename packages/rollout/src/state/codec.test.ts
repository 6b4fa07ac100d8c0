import { UserError } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeOf } from '../judge/of-policy.ts';
import { begin } from '../machine/begin.ts';
import { parsePlan } from '../plan/plan.ts';
import { parsePolicy, policyDigest, readyMade } from '../policy/policy.ts';
import { decodeState, encodeState } from './codec.ts';
import { newTarget, type Rollout } from './state.ts';

const { state } = begin(
  newTarget('haproxy tcp:gateway:9999'),
  {
    runId: 'run-0001',
    record: 'none',
    identity: { base: 'sha256:aa', adapter: 'sha256:bb' },
    image: 'none',
    version: 'toy-v1.0.0',
    plan: parsePlan('1@1h,100@24h'),
    policy: readyMade('classic'),
    metricSource: 'access.log',
  },
  { busy: 'refuse', now: 0, history: [] },
);
const json = encodeState(state);

describe('decodeState', () => {
  it('reads what was written', () => {
    expect(decodeState(json)).toEqual(state);
    expect(decodeState(encodeState(newTarget('x')))).toEqual(newTarget('x'));
  });

  it('reads all that the sequential judge knows', () => {
    const policy = parsePolicy(
      '{kind: sequential, slow: {above: 3s}, token-rate: {}, gpu-memory: {above: 95}, scores: {quality: 0.05}}',
    );
    const plan = parsePlan('1@1h,100@24h');
    const judge = judgeOf(policy, plan);
    const served = (requests: number, errors: number) => ({
      requests,
      errors,
      invalid: 1,
      latency: { bounds: [1000, 5000], cumulative: [requests - 2, requests] },
      tokens: { count: 50 * requests, seconds: requests },
      gpu: { memory: 96 },
      scores: { quality: [1, 0.5] },
    });
    // the candidate fails all at once, so that the evidence from before is kept too
    const minutes = Array.from({ length: 30 }, (_, t) => ({
      start: t * 60_000,
      live: served(2000, 4),
      candidate: served(300, t < 25 ? 1 : 40),
    }));
    const { evidence } = judge.observe(judge.begin([]), minutes);
    const rollout = { ...(state.rollout as Rollout), policy, policyDigest: policyDigest(policy), evidence };
    const whole = { ...state, rollout: { ...rollout, readings: judge.readings(evidence) } };
    expect(JSON.stringify(evidence)).toContain('"before":{');
    expect(decodeState(encodeState(whole))).toEqual(whole);
  });

  it('refuses a state that was cut off anywhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: json.trimEnd().length - 1 }), (length) => {
        expect(() => decodeState(json.slice(0, length), 's3://b/x.json')).toThrow(UserError);
        expect(() => decodeState(json.slice(0, length), 's3://b/x.json')).toThrow(
          /s3:\/\/b\/x.json: .*restore/,
        );
      }),
    );
  });

  it.each([
    ['[]', /not a rollout state/],
    ['{"schema":"sluice-rollout/9"}', /of schema 'sluice-rollout\/9', expected 'sluice-rollout\/1'/],
    [json.replace('"weight":0', '"weight":120'), /'rollout.weight'/],
    [json.replace('"stage":-1', '"stage":3'), /stage is not in its plan/],
    [json.replace('"above":1', '"above":50'), /policy does not have the digest/],
    [json.replace('"phase":"starting"', '"phase":"complete"'), /contradict each other/],
    [json.replace('"live":"stable"', '"live":"stable","extra":1'), /unknown key extra/],
  ])('refuses %.40s', (text, message) => {
    expect(text).not.toBe(json);
    expect(() => decodeState(text)).toThrow(message);
  });
});
