import type { Instance, RolloutState, Slot } from '@sluice/rollout';
import { applyObjects, runCommand } from '@sluice/steering';
import { greet } from '../greet.ts';
import type { Scene } from '../scene.ts';
import { noteInstance } from './note.ts';
import { untilServing } from './serving.ts';

/**
 * Brings the new version up in a slot without users, waits until it serves, and warms it up. What a killed call left half-way is gone
 * on with: objects are applied again, a program that runs is not started twice.
 */
export async function bringUp(
  scene: Scene,
  slot: Slot,
  instance: Instance,
  state: RolloutState,
): Promise<void> {
  const { host } = scene;
  const { start, version } = instance;
  host.log.info(`bringing up ${version} in the slot ${slot}`);
  let running = instance;
  if (start.kind === 'manifest') await applyObjects(instance, start, slot, host);
  else {
    const process = await runCommand(instance, start, slot, {
      env: { ...host.env },
      workspace: host.workspace,
    });
    running = { ...instance, process };
    await noteInstance(scene, slot, running);
  }
  await untilServing(scene, slot, running);
  await greet(scene, state);
  await noteInstance(scene, slot, { ...running, status: 'up' });
  host.log.info(`${version} serves in the slot ${slot}`);
}
