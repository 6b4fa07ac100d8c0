import { setTimeout as delay } from 'node:timers/promises';
import { inWords, ProgramError, SystemError } from '@sluice/contract';
import { stillRuns } from '@sluice/process';
import type { Instance, Slot } from '@sluice/rollout';
import { addressOf, apiKeyOf } from '@sluice/steering';
import { mismatch } from '../identity-check.ts';
import type { Scene } from '../scene.ts';

/** Waits until the server of a slot says that it serves the instance's version; not where nobody knows its address. */
export async function untilServing(
  { inputs, host, router }: Scene,
  slot: Slot,
  instance: Instance,
): Promise<void> {
  const endpoint = await addressOf(router, slot, inputs[slot], host.signal);
  if (endpoint === undefined) return;
  const apiKey = apiKeyOf(inputs, host);
  const until = performance.now() + instance.start.readyMs;
  for (;;) {
    const { problem } = await mismatch(instance, { endpoint, given: true, apiKey }, host.signal);
    if (problem === undefined) return;
    if (instance.process && (await stillRuns(instance.process)) === false)
      throw new ProgramError(
        `start: the program that brings up ${instance.version} ended before it answered at ${endpoint}; what it printed is in .sluice/instances/${instance.runId}.log`,
      );
    if (performance.now() >= until)
      throw new SystemError(
        `start: ${instance.version} was brought up, but after ${inWords(instance.start.readyMs)} ${problem}. The next tick tries again`,
      );
    await delay(500, undefined, { signal: host.signal });
  }
}
