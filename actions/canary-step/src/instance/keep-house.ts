import { setTimeout as delay } from 'node:timers/promises';
import { type Chore, choreOf, type RolloutState } from '@sluice/rollout';
import type { Scene } from '../scene.ts';
import { bringUp } from './bring-up.ts';
import { moveStable } from './move-stable.ts';
import { takeDown } from './take-down.ts';

/** The longest that one call waits for answers under way to end; a later tick does what is further off. */
const PATIENCE = 120_000;

/** Brings up, moves and takes down the instances that the state asks for, as far as their time has come. */
export async function keepHouse(scene: Scene): Promise<void> {
  const { host, inputs, place } = scene;
  if (inputs['dry-run']) return;
  for (let last = ''; ; ) {
    const { state } = await place.read();
    const chore = choreOf(state);
    if (!chore) return;
    // what could not be done now is left to the next tick
    const now = JSON.stringify([chore.do, chore.instance]);
    if (now === last) return;
    last = now;
    const left = 'at' in chore ? chore.at - host.now().getTime() : 0;
    if (left > PATIENCE || (chore.do === 'move-stable' && left > 0)) return;
    if (left > 0) {
      host.log.info(`answers under way have ${Math.ceil(left / 1000)} s before the instance is taken down`);
      await delay(left, undefined, { signal: host.signal });
      // a new rollout may have begun in the slot meanwhile
      if (JSON.stringify(choreOf((await place.read()).state)) !== JSON.stringify(chore)) continue;
    }
    await carryOut(scene, chore, state);
  }
}

async function carryOut(scene: Scene, chore: Chore, state: RolloutState): Promise<void> {
  if (chore.do === 'bring-up') await bringUp(scene, chore.slot, chore.instance, state);
  else if (chore.do === 'take-down') await takeDown(scene, chore.slot, chore.instance, state);
  else await moveStable(scene, chore.instance);
}
