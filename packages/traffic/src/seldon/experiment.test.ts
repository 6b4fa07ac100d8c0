import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendsOf, shareIn, withShare } from '../kubernetes/rule-kind.ts';
import { type Candidate, candidateRules, checkExperiment, type Experiment, troubles } from './experiment.ts';

const slots = { stable: 'qwen-v1', canary: 'qwen-v2' };
const steered = { slots, rule: undefined };
const experiment = (...candidates: readonly Candidate[]): Experiment => ({
  metadata: { name: 'qwen', generation: 2 },
  spec: { candidates },
});
const two = (stable: number, canary: number): readonly Candidate[] => [
  { name: 'qwen-v1', weight: stable },
  { name: 'qwen-v2', weight: canary },
];

describe('the share of an Experiment', () => {
  it('is the canary’s part of both weights', () => {
    expect(shareIn(candidateRules, experiment(...two(50, 50)), steered)).toBe(50);
    expect(shareIn(candidateRules, experiment(...two(3, 1)), steered)).toBe(25);
    expect(shareIn(candidateRules, experiment(...two(1, 0)), steered)).toBe(0);
    expect(backendsOf(candidateRules, experiment(...two(1, 0)))).toEqual(['qwen-v1', 'qwen-v2']);
  });

  it('is what was set, for any weights before, and the other candidates stay as they are', () => {
    const weight = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(weight, weight, fc.integer({ min: 0, max: 10_000 }), (stable, canary, points) => {
        const idle = { name: 'qwen-v0', weight: 0 };
        const before = experiment(idle, ...two(stable, canary));
        const [split] = withShare(candidateRules, before, points, steered) ?? candidateRules.rulesIn(before);
        const after = experiment(...(split?.candidates ?? []));
        expect(shareIn(candidateRules, after, steered)).toBe(points / 100);
        expect(after.spec.candidates?.[0]).toEqual(idle);
        expect(withShare(candidateRules, after, points, steered)).toBeUndefined();
      }),
    );
  });
});

describe('an Experiment that is no split of two', () => {
  it.each([
    [two(1, 0).slice(0, 1), /no candidate '?"?qwen-v2'?"?\. Did you mean qwen-v1\? It has: qwen-v1\./],
    [[], /It has: none/],
    [[...two(1, 1), { name: 'qwen-v0', weight: 1 }], /sends requests to qwen-v0 as well/],
    [two(0, 0), /no weight but 0/],
    [two(-1, 1), /weight of qwen-v1 is -1/],
  ])('is refused in words: %j', (candidates, words) => {
    expect(() => checkExperiment(experiment(...candidates), slots)).toThrow(words);
  });

  it('but one with an idle third candidate is none of them', () => {
    checkExperiment(experiment(...two(1, 0), { name: 'qwen-v0', weight: 0 }), slots);
  });
});

describe('what Seldon says of an Experiment', () => {
  const said = (...conditions: readonly (readonly [string, 'True' | 'False' | 'Unknown'])[]): Experiment => ({
    ...experiment(...two(1, 0)),
    status: {
      conditions: conditions.map(([type, status]) => ({
        type,
        status,
        reason: status === 'False' ? 'No' : '',
      })),
    },
  });

  it('is told where it is not ready, with the causes and not their sum', () => {
    expect(troubles(said(['Ready', 'True'], ['CandidatesReady', 'True']))).toEqual([]);
    expect(troubles(said(['Ready', 'False'], ['CandidatesReady', 'False'], ['MirrorReady', 'True']))).toEqual(
      ['Seldon says CandidatesReady=False of Experiment qwen: No'],
    );
    expect(troubles(said(['Ready', 'Unknown']))).toEqual(['Seldon says Ready=Unknown of Experiment qwen:']);
    expect(troubles(experiment(...two(1, 0)))[0]).toMatch(/said nothing of Experiment qwen/);
  });
});
