import { setTimeout as delay } from 'node:timers/promises';
import { type Instance, settled } from '@sluice/rollout';
import { applyObjects, carryOut, keepThroughRestart } from '@sluice/steering';
import type { Scene } from '../scene.ts';
import { untilServing } from './serving.ts';

/** The time of the old version is over: the slot `stable` gets the new one, then all users, and `canary` has none any more. */
export async function moveStable(scene: Scene, instance: Instance): Promise<void> {
  const { host, place, router, inputs } = scene;
  if (instance.start.kind !== 'manifest') return;
  host.log.info(`the slot stable gets ${instance.version}, which is live in canary`);
  await applyObjects(instance, instance.start, 'stable', { ...host, force: true });
  await untilServing(scene, 'stable', instance);
  const { decided } = await carryOut(
    place,
    router,
    ({ state }) =>
      // a rollout may have begun, or this one been taken back, while it came up
      state.rollout?.runId === instance.runId && state.rollout.phase === 'complete' && state.live === 'canary'
        ? settled(state, instance)
        : { state, actions: [] },
    host.signal,
  );
  if (decided.actions.length === 0) return;
  await keepThroughRestart(router, inputs.target, 'stable', host.signal);
  await delay(instance.start.drainMs, undefined, { signal: host.signal });
}
