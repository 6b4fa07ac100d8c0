import { type Inputs, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { otherSlot, type RolloutState } from '@sluice/rollout';
import type { Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import type { Round } from './run.ts';
import { verify } from './verify.ts';

/**
 * The whole round without its consequences: all users to the other version, proof that it serves them, and everything
 * back as it was, also when the drill fails or is cancelled. The state stays closed as it is; a drill is refused
 * while a rollout is under way.
 */
export async function drill(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { router }: Target,
  state: RolloutState,
): Promise<Round> {
  const { rollout } = state;
  if (!rollout || rollout.phase !== 'complete') {
    throw new UserError(
      `a drill needs a version that is live; the rollout of run ${inputs['run-id']} is ${rollout?.phase ?? 'not there'}`,
    );
  }
  const other = otherSlot(state.live);
  const address = inputs[other] ?? (await router.servers?.(host.signal))?.[other][0]?.address;
  if (!address) throw new UserError(`no address of the slot ${other} is known; pass ${other}`);
  const before = await router.weight(host.signal);
  const restored = state.history
    .filter((h) => h.runId !== rollout.runId && h.revertedAt === undefined)
    .at(-1);
  const began = performance.now();
  try {
    await router.setWeight(other === 'canary' ? 100 : 0, host.signal);
    const durationMs = Math.round(performance.now() - began);
    const verified = await verify(
      /^https?:/.test(address) ? address : `http://${address}`,
      restored,
      inputs.verify,
      host.signal,
    );
    return { rolledBack: true, verified, reason: `drill: ${verified.reason}`, rollout, restored, durationMs };
  } finally {
    // put back without the signal: a cancelled drill must not leave users on the old version
    await router.setWeight(before);
    host.log.info(`drill over: the slot canary has ${before} % again`);
  }
}
