import { setTimeout as delay } from 'node:timers/promises';
import { duration } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { openRollout, type Step } from '@sluice/rollout';
import { carryOut, openTarget } from '@sluice/steering';
import type { MetricSource } from '@sluice/telemetry';
import { beginRollout } from './begin.ts';
import type { definition } from './definition.ts';
import { finish, refuse } from './finish.ts';
import { look, sourceOf } from './look.ts';
import { order } from './order.ts';
import type { In, Scene } from './scene.ts';
import { startsRollout } from './start.ts';

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const scene: Scene = { inputs, host, ...(await openTarget(inputs, host)) };
  if (scene.store.note) host.log.info(scene.store.note);
  if (inputs.deploy === false)
    return refuse(scene, 'deploy is false: the gate did not approve this version', true);
  if (inputs.command !== 'tick') return finish(scene, await order(inputs.command, inputs, scene));
  if (startsRollout(inputs)) {
    const refused = await beginRollout(scene);
    if (refused !== undefined) return refuse(scene, refused, false);
  }
  if (inputs['dry-run']) return finish(scene, await look(scene, (await scene.place.read()).state));
  return finish(scene, inputs.wait ? await untilDone(scene) : await once(scene));
}

/** One tick: decided on the state as it lies there, written, then moved. */
async function once(scene: Scene, source?: MetricSource): Promise<Step> {
  const { place, router, host } = scene;
  return (await carryOut(place, router, ({ state }) => look(scene, state, source), host.signal)).decided;
}

/** Ticks until the rollout ends or this job's time is over; the rollout itself needs no job. */
async function untilDone(scene: Scene): Promise<Step> {
  const { inputs, host, place } = scene;
  const until = host.now().getTime() + inputs['wait-limit'];
  const rollout = openRollout((await place.read()).state);
  const source = rollout && (await sourceOf(rollout, scene));
  for (;;) {
    const step = await once(scene, source);
    const open = openRollout(step.state);
    host.log.progress(`${step.decision}: ${step.reason}`);
    const now = host.now().getTime();
    if (!open || step.decision === 'undecided' || now >= until) return step;
    await delay(Math.min(duration.parse(open.policy.interval), until - now), undefined, {
      signal: host.signal,
    });
  }
}
