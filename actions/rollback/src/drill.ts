import { type Inputs, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { liveBeside, otherSlot, type RolloutState } from '@sluice/rollout';
import { addressOf, apiKeyOf, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import { carryOutMethod } from './methods/methods.ts';
import type { Evidence } from './proven.ts';
import { restoredBy } from './restored.ts';
import type { From, MethodDone, Round } from './round.ts';
import { doubted, verify } from './verify.ts';
import { wrongImage } from './wrong-image.ts';

/** Probes that the other version must answer before users are sent to it: those of a drill are well where they are. */
const AHEAD = 3;

/**
 * The whole round without its consequences: all users to the other version, proof that it serves them, and everything
 * back as the state says it, also when the drill fails or is cancelled. What follows the users is looked at and not touched. The state
 * stays closed as it is; a drill is refused while a rollout is under way.
 */
export async function drill(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { router, ...evidence }: Target & Evidence,
  state: RolloutState,
  from: From,
): Promise<Round> {
  const { rollout, live, history } = state;
  if (rollout?.phase !== 'complete' && !liveBeside(state, from.runId)) {
    throw new UserError(
      `a drill needs a version that is live; the rollout of run ${from.runId} is ${rollout?.phase ?? 'not there'}`,
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
  // both are up: what is slow on both sides is the machine, not the version that is tried
  const healthy = await addressOf(router, live, inputs[live], host.signal);
  const beside = healthy === undefined ? undefined : { address: healthy, apiKey };
  const share = { [live]: live === 'canary' ? 100 : 0, [other]: other === 'canary' ? 100 : 0 };
  const before = await router.weight(host.signal);
  if (before !== share[live])
    host.log.warn(
      `the router gives the slot canary ${before} % before the drill, where the state says ${share[live]} %: a person moved it, or an earlier drill was killed`,
    );
  const last = history.filter((h) => h.runId !== from.runId && h.revertedAt === undefined).at(-1);
  const { warm, proven, record, reason } = await restoredBy(last, state, from, evidence);
  try {
    const cold =
      (await wrongImage(router, other, warm, host)) ??
      (await verify({ address, apiKey }, warm, Math.min(AHEAD, inputs.verify), host.signal));
    if (!cold.ok)
      return {
        rolledBack: false,
        verified: cold,
        reason: `drill: nobody was sent to the slot ${other}: ${cold.reason}`,
        from,
        restored: undefined,
        durationMs: 0,
        done: [],
      };
    const began = performance.now();
    await router.setWeight(share[other] as number, host.signal);
    const durationMs = Math.round(performance.now() - began);
    const verified =
      (await wrongImage(router, other, warm, host)) ??
      doubted(
        await verify({ address, apiKey }, warm, inputs.verify, host.signal, beside),
        warm === proven ? undefined : reason,
      );
    const done: MethodDone[] = [];
    for (const name of inputs.method) {
      const result = await carryOutMethod(name, {
        inputs,
        host,
        from,
        restored: proven,
        record,
        live: other,
        pretend: true,
      });
      if (result) done.push(result);
    }
    return {
      rolledBack: true,
      verified,
      reason: `drill: ${verified.reason}`,
      from,
      restored: warm,
      durationMs,
      done,
    };
  } finally {
    // without the signal: a cancelled drill must not leave users on the old version
    await router.setWeight(share[live] as number);
    await router.close?.(live);
    host.log.info(`drill over: the slot canary has ${share[live]} % again`);
  }
}
