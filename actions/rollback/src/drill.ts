import { type Inputs, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { otherSlot, type RolloutState } from '@sluice/rollout';
import { addressOf, apiKeyOf, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import type { Round } from './round.ts';
import { verify } from './verify.ts';

/**
 * The whole round without its consequences: all users to the other version, proof that it serves them, and everything
 * back as the state says it, also when the drill fails or is cancelled. The state stays closed as it is; a drill is refused
 * while a rollout is under way.
 */
export async function drill(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { router }: Target,
  { rollout, live, history }: RolloutState,
): Promise<Round> {
  if (rollout?.phase !== 'complete') {
    throw new UserError(
      `a drill needs a version that is live; the rollout of run ${inputs['run-id']} is ${rollout?.phase ?? 'not there'}`,
    );
  }
  if (inputs.verify === 0)
    throw new UserError(
      'a drill without probes proves nothing: verify is 0; leave it out, or give 1 or more',
    );
  const other = otherSlot(live);
  const address = await addressOf(router, other, inputs[other], host.signal);
  if (address === undefined) throw new UserError(`no address of the slot ${other} is known; pass ${other}`);
  const apiKey = apiKeyOf(inputs, host);
  const share = { [live]: live === 'canary' ? 100 : 0, [other]: other === 'canary' ? 100 : 0 };
  const before = await router.weight(host.signal);
  if (before !== share[live])
    host.log.warn(
      `the router gives the slot canary ${before} % before the drill, where the state says ${share[live]} %: a person moved it, or an earlier drill was killed`,
    );
  const restored = history.filter((h) => h.runId !== rollout.runId && h.revertedAt === undefined).at(-1);
  const began = performance.now();
  try {
    await router.setWeight(share[other] as number, host.signal);
    const durationMs = Math.round(performance.now() - began);
    const verified = await verify({ address, apiKey }, restored, inputs.verify, host.signal);
    return { rolledBack: true, verified, reason: `drill: ${verified.reason}`, rollout, restored, durationMs };
  } finally {
    // without the signal: a cancelled drill must not leave users on the old version
    await router.setWeight(share[live] as number);
    host.log.info(`drill over: the slot canary has ${share[live]} % again`);
  }
}
