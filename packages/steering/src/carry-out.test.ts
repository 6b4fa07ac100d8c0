import { newTarget, type RolloutState, type SetWeight, setWeight } from '@sluice/rollout';
import type { Router } from '@sluice/traffic';
import { describe, expect, it } from 'vitest';
import { carryOut } from './carry-out.ts';
import type { Held, Place } from './place.ts';

/** A place in memory; `meanwhile` is written by somebody else before the next writes. */
function placeWith(
  state: RolloutState,
  meanwhile: RolloutState[] = [],
  together?: (number | undefined)[],
): Place & { now(): RolloutState } {
  let now = state;
  return {
    where: 'memory',
    moves: together !== undefined,
    now: () => now,
    read: async () => ({ state: now, seen: undefined }),
    write: async (held: Held, next, canaryPercent) => {
      const other = meanwhile.shift();
      if (other) now = other;
      if (held.state !== now) return undefined;
      now = next;
      together?.push(canaryPercent);
      return { state: next, seen: undefined };
    },
  };
}

const { signal } = new AbortController();
const target = (name: string) => newTarget(name);
const toTen = [setWeight('canary', 10)];
const decideBy =
  (seen: string[], actions: readonly SetWeight[] = toTen) =>
  ({ state }: Held) => {
    seen.push(state.target);
    return { state: target(`${state.target}+`), actions };
  };
const routerThat = (moves: number[], fails = false) =>
  ({
    setWeight: async (percent: number) => {
      if (fails) throw new Error('the router is gone');
      moves.push(percent);
    },
  }) as unknown as Router;

describe('carryOut', () => {
  it('writes, then moves, and gives what lay there before', async () => {
    const [moves, place]: [number[], ReturnType<typeof placeWith>] = [[], placeWith(target('a'))];
    const done = await carryOut(place, routerThat(moves), decideBy([]), signal);
    expect({ before: done.before.target, now: place.now().target, moves }).toEqual({
      before: 'a',
      now: 'a+',
      moves: [10],
    });
    expect(done.movedAt).toBeGreaterThan(0);
  });

  it('decides anew on what somebody else wrote, and never carries the old decision out', async () => {
    const [moves, seen]: [number[], string[]] = [[], []];
    const place = placeWith(target('a'), [target('b'), target('c')]);
    const done = await carryOut(place, routerThat(moves), decideBy(seen), signal);
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(done.before.target).toBe('c');
    expect(place.now().target).toBe('c+');
    expect(moves).toEqual([10]);
  });

  it('gives the share to a place that takes it in the same write', async () => {
    const [moves, together]: [number[], (number | undefined)[]] = [[], []];
    const place = placeWith(target('a'), [target('b')], together);
    await carryOut(place, routerThat(moves), decideBy([]), signal);
    await carryOut(place, routerThat(moves), decideBy([], []), signal);
    expect({ together, moves }).toEqual({ together: [10, undefined], moves: [10] });
  });

  it('lets the router put itself in order once a rollout is closed', async () => {
    const closed: string[] = [];
    const router = {
      setWeight: async () => {},
      close: async (live: string) => {
        closed.push(live);
      },
    } as unknown as Router;
    const over = { ...target('b'), live: 'canary', rollout: { closed: { at: 1, reason: 'complete' } } };
    for (const state of [target('a'), over as unknown as RolloutState])
      await carryOut(placeWith(target('x')), router, () => ({ state, actions: toTen }), signal);
    expect(closed).toEqual(['canary']);
  });

  it.each([
    ['takes a move that the router shows for made', 10, null],
    ['leaves one pending that the router has yet to take up', 0, { from: 0 }],
  ])('%s', async (_, shown, pending) => {
    const place = placeWith(target('a'));
    const router = { setWeight: async () => {}, weight: async () => shown } as unknown as Router;
    const rollout = { candidate: 'canary', weight: 10, pending: { from: 0 } };
    const state = { ...target('b'), rollout } as unknown as RolloutState;
    const done = await carryOut(place, router, () => ({ state, actions: toTen }), signal);
    expect(place.now().rollout?.pending).toEqual(pending);
    expect(done.held.state).toBe(place.now());
  });

  it('gives up where somebody else is always faster, with nothing moved', async () => {
    const moves: number[] = [];
    const others = Array.from({ length: 20 }, (_, i) => target(`other-${i}`));
    const place = placeWith(target('a'), others);
    await expect(carryOut(place, routerThat(moves), decideBy([]), signal)).rejects.toMatchObject({
      exitCode: 4,
    });
    expect(moves).toEqual([]);
  });

  it('leaves the state written where the router fails, so that the next tick finishes it', async () => {
    const place = placeWith(target('a'));
    await expect(carryOut(place, routerThat([], true), decideBy([]), signal)).rejects.toThrow(
      'the router is gone',
    );
    expect(place.now().target).toBe('a+');
  });

  it('writes nothing where nothing changed', async () => {
    const place = placeWith(target('a'), [target('b')]);
    const done = await carryOut(place, routerThat([]), ({ state }) => ({ state, actions: [] }), signal);
    expect(done.movedAt).toBeUndefined();
    expect(place.now().target).toBe('a');
  });
});
