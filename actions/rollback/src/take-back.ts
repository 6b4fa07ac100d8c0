import { type Inputs, messageOf, SystemError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type Reverted, type RolloutState, revert, revertInPlace } from '@sluice/rollout';
import { addressOf, apiKeyOf, carryOut, type Held, keepThroughRestart, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import { carryOutMethod } from './methods/methods.ts';
import type { Evidence } from './proven.ts';
import { restoredBy } from './restored.ts';
import { type From, type MethodDone, nothing, type Round } from './round.ts';
import { doubted, type Verified, verify } from './verify.ts';
import { inPlace } from './whether.ts';
import { wrongImage } from './wrong-image.ts';

type In = Inputs<(typeof definition)['inputs']>;

/**
 * Closes the state, moves the users, lets the rest follow in the order asked for, and proves that users are served. Repeating it finishes
 * a half-done one.
 */
export async function takeBack(
  inputs: In,
  host: Host,
  target: Target & Evidence,
  from: From,
): Promise<Round> {
  const began = performance.now();
  const { method } = inputs;
  const atOnce = method[0] === 'traffic';
  let intended: Reverted['actions'] = [];
  const decide = ({ state }: Held): Reverted => {
    const taken = inPlace(method) ? revertInPlace : revert;
    const decided = taken(state, from.runId, inputs.reason, host.now().getTime());
    intended = decided.actions;
    return atOnce ? decided : { ...decided, actions: [] };
  };
  const closed = await stubborn(
    target,
    () => carryOut(target.place, target.router, decide, host.signal),
    host,
  );
  const { state } = closed.held;
  // another run may have begun since the state was read
  if (!closed.decided.reverted) return nothing(closed.decided.reason, state);
  let { movedAt } = closed;
  const { warm, proven, record, reason } = await restoredBy(closed.decided.restored, state, from, target);
  if (reason !== undefined) host.log.warn(reason);

  const done: MethodDone[] = [];
  for (const name of method) {
    if (name !== 'traffic') {
      const following = { inputs, host, from, restored: proven, record, live: state.live, pretend: false };
      const result = await carryOutMethod(name, following);
      if (result) done.push(result);
    } else if (!atOnce) {
      for (const { canaryPercent } of intended) await target.router.setWeight(canaryPercent, host.signal);
      movedAt = performance.now();
    }
  }
  await keepThroughRestart(target.router, inputs.target, state.live, host.signal);
  return {
    rolledBack: true,
    verified:
      inputs.verify > 0
        ? doubted(await proveLive(inputs, target, state, warm, host), warm === proven ? undefined : reason)
        : undefined,
    reason: closed.decided.reason,
    from,
    restored: warm,
    durationMs: Math.round((movedAt ?? performance.now()) - began),
    done,
  };
}

/** How often a router that refuses is asked again: one under git refuses where a tick has pushed in between. */
const TRIES = 3;

/** Once the state is closed nothing raises the share any more, so looking and asking again ends. */
async function stubborn<T>({ router }: Target, act: () => Promise<T>, { signal, log }: Host): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SystemError) || left === 0) throw error;
      log.warn(`${messageOf(error)} It is tried again`);
      await router.weight(signal);
    }
  }
}

/** The live slot answers, and the router sends nobody elsewhere. */
async function proveLive(
  inputs: In,
  { router }: Target,
  { live }: RolloutState,
  restored: Round['restored'],
  host: Host,
): Promise<Verified> {
  const { signal } = host;
  const unproven = (reason: string): Verified => ({ ok: false, reason, probes: 0, failed: 0 });
  const share = await router.weight(signal);
  const expected = live === 'canary' ? 100 : 0;
  if (inputs.method.includes('traffic') && share !== expected)
    return unproven(`the router sends ${share} % to the slot canary, not ${expected} %`);
  const address = await addressOf(router, live, inputs[live], signal);
  if (address === undefined) return unproven(`no address of the live version is known; pass ${live}`);
  return (
    (await wrongImage(router, live, restored, host)) ??
    verify({ address, apiKey: apiKeyOf(inputs, host) }, restored, inputs.verify, signal)
  );
}
