import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Answer, Slot } from '../answer.ts';
import { outcomeOf } from './outcome.ts';

const answer = (id: string, slot: Slot): Answer => ({ id, slot, prompt: 'q', response: 'a', time: 0 });

it('the scores of a replay stand in pairs, and half a pair is missing', () => {
  const answers = ['1', '2', '3'].flatMap((p) => [answer(`${p}.a`, 'stable'), answer(`${p}.b`, 'canary')]);
  const outcome = outcomeOf(answers, [1, 0.5, null, 1, 0.2, 0.4], true);
  expect(outcome.stable).toEqual({ scores: [1, 0.2], missing: 1 });
  expect(outcome.canary).toEqual({ scores: [0.5, 0.4], missing: 1 });
  expect(outcome.paired).toMatchObject({ pairs: 2, higher: 1, lower: 1 });
  // (-0.5 + 0.2) / 2, and the standard error of two differences
  expect(outcome.paired?.difference).toBeCloseTo(-0.15, 12);
  expect(outcome.paired?.error).toBeCloseTo(0.35, 12);
});

it('one pair has no standard error, and no pair no difference', () => {
  const pair = [answer('1.a', 'stable'), answer('1.b', 'canary')];
  expect(outcomeOf(pair, [0, 1], true).paired).toEqual({ pairs: 1, higher: 1, lower: 0, difference: 1 });
  expect(outcomeOf(pair, [null, 1], true)).not.toHaveProperty('paired');
});

it('every answer is scored or missing', () => {
  const scores = fc.array(
    fc.record({
      slot: fc.constantFrom<Slot>('stable', 'canary'),
      score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    }),
  );
  fc.assert(
    fc.property(scores, (all) => {
      const answers = all.map(({ slot }, i) => answer(`${i}`, slot));
      const { stable, canary } = outcomeOf(
        answers,
        all.map(({ score }) => score),
        false,
      );
      for (const [slot, found] of [
        ['stable', stable],
        ['canary', canary],
      ] as const)
        expect(found.scores.length + found.missing).toBe(all.filter((x) => x.slot === slot).length);
    }),
  );
});
