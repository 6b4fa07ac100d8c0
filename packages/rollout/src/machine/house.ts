import { otherSlot, type Slot } from '../observations/minute.ts';
import type { Instance } from '../state/instance.ts';
import { openRollout, type RolloutState } from '../state/state.ts';
import { type SetWeight, setWeight } from './step.ts';

/** What is to be done about the instances, now or later. */
export type Chore =
  /** The candidate's instance is brought up, or was left half-way. */
  | { readonly do: 'bring-up'; readonly slot: Slot; readonly instance: Instance }
  /** Nobody is sent there any more. */
  | { readonly do: 'take-down'; readonly slot: Slot; readonly instance: Instance; readonly at: number }
  /** The slot `stable` gets what is live in `canary`; then the users follow. */
  | { readonly do: 'move-stable'; readonly instance: Instance; readonly at: number };

/** What the state asks for, with the time (ms epoch) from which on it may be done. */
export function choreOf(state: RolloutState): Chore | undefined {
  const { rollout, live, instances = {} } = state;
  if (!rollout) return undefined;
  const slot = rollout.candidate;
  const mine = instances[slot];
  const ours = mine?.runId === rollout.runId ? mine : undefined;
  if (openRollout(state))
    return ours?.status === 'starting' && rollout.phase === 'starting'
      ? { do: 'bring-up', slot, instance: ours }
      : undefined;
  if (rollout.phase === 'rolled-back') {
    if (!ours || ours.status === 'down' || keeps(ours, 'afterRollback')) return undefined;
    return { do: 'take-down', slot, instance: ours, at: (rollout.closed?.at ?? 0) + ours.start.drainMs };
  }
  return afterComplete(state, instances[live], rollout.promotedAt ?? 0);
}

function afterComplete(
  { rollout, live, instances = {} }: RolloutState,
  instance: Instance | undefined,
  promotedAt: number,
): Chore | undefined {
  if (!rollout || instance?.runId !== rollout.runId || keeps(instance, 'afterComplete')) return undefined;
  const at = promotedAt + instance.keepOldMs;
  if (
    instance.start.kind === 'manifest' &&
    instance.start.afterComplete === 'move-stable' &&
    live === 'canary'
  )
    return { do: 'move-stable', instance, at };
  const old = otherSlot(live);
  const there = instances[old] ?? other(instance);
  return there && there.status !== 'down' ? { do: 'take-down', slot: old, instance: there, at } : undefined;
}

/** What stands in the other slot was not brought up here, but has the names that the same manifest gives it. */
function other(instance: Instance): Instance | undefined {
  return instance.start.kind === 'manifest' ? { ...instance, status: 'up' } : undefined;
}

function keeps({ start }: Instance, what: 'afterRollback' | 'afterComplete'): boolean {
  return start.kind === 'manifest' && start[what] === 'keep';
}

/** The state once an instance was asked for, has served, or is gone. */
export function withInstance(state: RolloutState, slot: Slot, instance: Instance): RolloutState {
  return { ...state, instances: { ...state.instances, [slot]: instance } };
}

/** The slot `stable` serves what was live in `canary`: the users go there, and `canary` is the one to take down. */
export function settled(
  state: RolloutState,
  instance: Instance,
): { state: RolloutState; actions: SetWeight[] } {
  const { rollout } = state;
  if (!rollout) return { state, actions: [] };
  const next: RolloutState = {
    ...withInstance(state, 'stable', { ...instance, status: 'up', process: null }),
    live: 'stable',
    rollout: { ...rollout, candidate: 'stable', pending: { from: 0 } },
  };
  return { state: next, actions: [setWeight('stable', 100)] };
}
