import { SystemError } from '@sluice/contract';
import { type RolloutState, type SetWeight, shareOf } from '@sluice/rollout';
import type { Router } from '@sluice/traffic';
import type { Held, Place } from './place.ts';

/** Something that was decided: the state to write, then the moves. */
export interface Decided {
  readonly state: RolloutState;
  readonly actions: readonly SetWeight[];
}

export interface Done<D extends Decided> {
  readonly decided: D;
  /** What lay there when it was decided. */
  readonly before: RolloutState;
  readonly held: Held;
  /** When the router had confirmed the last move; undefined where nothing was moved. */
  readonly movedAt: number | undefined;
}

const ATTEMPTS = 8;

/**
 * Where the router shows the share that it was told, one that differs from then on is somebody's doing. A person who goes back to the
 * share of before the move would else look like a move that was never made, and be raised again. Undefined where another step has
 * written since.
 */
async function confirm(
  place: Place,
  mine: Held,
  router: Router,
  signal: AbortSignal,
): Promise<Held | undefined> {
  const { rollout } = mine.state;
  // some take a share up only once their Pods are there
  if (rollout?.pending && shareOf(rollout.candidate, await router.weight(signal)) === rollout.weight)
    return place.write(mine, { ...mine.state, rollout: { ...rollout, pending: null } });
  return place.moves || (await place.read()).seen?.token === mine.seen?.token ? mine : undefined;
}

/**
 * A step that was frozen between writing and moving has sent an old order. Where another step has written since, a candidate that
 * has more users than that one says loses them.
 */
async function yieldToNewer(place: Place, router: Router, signal: AbortSignal): Promise<void> {
  const { state } = await place.read();
  if (!state.rollout) return;
  const { candidate, weight } = state.rollout;
  const share = shareOf(candidate, await router.weight(signal));
  if (share > weight) await router.setWeight(shareOf(candidate, weight), signal);
}

/**
 * Decides on what lies there now, writes the state, and only then moves the router. Where another tick wrote in between,
 * it decides anew on that: a decision on a state that is gone is never carried out. Killed between writing and
 * moving, the next tick finds the move pending and finishes it; once the router shows it, it is pending no more. A router that holds the
 * state itself takes both in one write.
 */
export async function carryOut<D extends Decided>(
  place: Place,
  router: Router,
  decide: (held: Held) => Promise<D> | D,
  signal: AbortSignal,
): Promise<Done<D>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const held = await place.read();
    const decided = await decide(held);
    const unchanged = decided.state === held.state;
    const [only, ...more] = decided.actions;
    const together = !unchanged && place.moves && only && more.length === 0 ? only.canaryPercent : undefined;
    const written = unchanged ? held : await place.write(held, decided.state, together);
    if (!written) continue;
    // where it was one write, this finds the share as it should be and waits until the router's own programs have it
    for (const action of decided.actions) await router.setWeight(action.canaryPercent, signal);
    const movedAt = decided.actions.length > 0 ? performance.now() : undefined;
    const confirmed = movedAt === undefined ? written : await confirm(place, written, router, signal);
    // a router that holds the state has refused an old order itself
    if (!confirmed && !place.moves) await yieldToNewer(place, router, signal);
    if (written.state.rollout?.closed) await router.close?.(written.state.live, signal);
    return {
      decided,
      before: held.state,
      held: confirmed ?? written,
      movedAt,
    };
  }
  throw new SystemError(
    `the state ${place.where} was changed by somebody else ${ATTEMPTS} times in a row while this step decided; run only one schedule per target`,
  );
}
