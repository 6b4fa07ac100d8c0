import { type Instance, type Slot, withInstance } from '@sluice/rollout';
import { carryOut } from '@sluice/steering';
import type { Scene } from '../scene.ts';

/** Writes what became of an instance, unless another one has taken its place. */
export async function noteInstance(
  { place, router, host }: Scene,
  slot: Slot,
  next: Instance,
): Promise<void> {
  await carryOut(
    place,
    router,
    ({ state }) => {
      const there = state.instances?.[slot];
      const other = there !== undefined && there.runId !== next.runId;
      return { state: other ? state : withInstance(state, slot, next), actions: [] };
    },
    host.signal,
  );
}
