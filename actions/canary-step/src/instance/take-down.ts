import { type Instance, otherSlot, type RolloutState, type Slot } from '@sluice/rollout';
import { endCommand, takeObjectsDown } from '@sluice/steering';
import type { Scene } from '../scene.ts';
import { noteInstance } from './note.ts';

/** Takes an instance down that nobody is sent to. One that the router still sends users to is left alone. */
export async function takeDown(
  scene: Scene,
  slot: Slot,
  instance: Instance,
  state: RolloutState,
): Promise<void> {
  const { host, router, inputs } = scene;
  const share = await router.weight(host.signal);
  if ((slot === 'canary' ? share : 100 - share) > 0) {
    note(scene, `the slot ${slot} still has users, so ${instance.version} was not taken down`);
    return;
  }
  const { start } = instance;
  if (start.kind === 'manifest') {
    const back = state.rollout?.phase === 'rolled-back';
    const how = back && start.afterRollback === 'delete' ? 'delete' : 'scale-to-0';
    await takeObjectsDown(instance, start, slot, how, inputs.target, host);
  } else {
    const elsewhere = await endCommand(instance);
    if (elsewhere !== undefined) return note(scene, elsewhere);
  }
  const known = state.instances?.[slot];
  await noteInstance(scene, slot, { ...(known ?? instance), status: 'down' });
  host.log.info(`the slot ${slot} was taken down; ${otherSlot(slot)} has the users`);
}

function note({ host, notes }: Scene, text: string): void {
  host.log.warn(text);
  notes.push(text);
}
