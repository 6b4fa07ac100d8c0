import { setTimeout as delay } from 'node:timers/promises';
import { duration } from '@sluice/contract';
import { openRollout, type RolloutState } from '@sluice/rollout';
import { carryOut } from '@sluice/steering';
import type { MetricSource } from '@sluice/telemetry';
import type { Ended } from './ended.ts';
import { followUp } from './follow-up.ts';
import { look, sourceOf } from './look.ts';
import { publish } from './publish.ts';
import type { Scene } from './scene.ts';

/** Nothing was decided. */
export const idle = (state: RolloutState, reason: string): Ended => ({
  decision: 'none',
  reason,
  nextCheck: null,
  state,
});

/** One tick: decided on the state as it lies there, written, then moved, then written down. */
export async function once(scene: Scene, source?: MetricSource): Promise<Ended> {
  const { place, router, host } = scene;
  const { decided, before } = await carryOut(
    place,
    router,
    ({ state }) => look(scene, state, source),
    host.signal,
  );
  return { ...decided, record: await followUp(scene, before, decided) };
}

/** What a tick would decide now; the state that is shown is the one that lies there. */
export async function preview(scene: Scene, state: RolloutState): Promise<Ended> {
  const step = await look(scene, state);
  return { ...step, state, reason: step.state === state ? step.reason : `would be: ${step.reason}` };
}

/** Ticks until the rollout ends or this job's time is over; the rollout itself needs no job. */
export async function untilDone(scene: Scene): Promise<Ended> {
  const { inputs, host, place } = scene;
  const until = host.now().getTime() + inputs['wait-limit'];
  let promoted: Ended | undefined;
  let reading: { readonly of: string; readonly source: MetricSource } | undefined;
  for (;;) {
    const rollout = openRollout((await place.read()).state);
    // a router may name a slot anew once the new version is there
    const of = JSON.stringify([rollout?.runId, scene.router.slots]);
    if (rollout && reading?.of !== of) reading = { of, source: await sourceOf(rollout, scene) };
    const ended = await once(scene, rollout && reading?.source);
    host.log.progress(`${ended.decision}: ${ended.reason}`);
    if (ended.decision === 'complete') promoted = ended;
    const open = openRollout(ended.state);
    const now = host.now().getTime();
    // after the watch over it the last tick has nothing to decide, but this call saw it promoted
    if (!open && promoted && ended.state.rollout?.phase === 'complete')
      return { ...ended, decision: 'complete', record: promoted.record };
    if (!open || ended.decision === 'undecided' || now >= until) return ended;
    // whoever reads the pull request need not wait for the end of this job
    if (ended.decision === 'advance' || ended.decision === 'complete')
      await publish(scene, ended, { interim: true });
    await delay(Math.min(duration.parse(open.policy.interval), until - now), undefined, {
      signal: host.signal,
    });
  }
}
