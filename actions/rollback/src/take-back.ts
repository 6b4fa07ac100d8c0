import type { Inputs } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type Completed, type Reverted, type RolloutState, revert } from '@sluice/rollout';
import { addressOf, apiKeyOf, carryOut, keepThroughRestart, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import { restoreAlias } from './restore-alias.ts';
import type { Round } from './round.ts';
import { type Verified, verify } from './verify.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** Closes the state, moves the users, proves that they are served, and lets the registry follow. Repeating it finishes a half-done one. */
export async function takeBack(inputs: In, host: Host, target: Target): Promise<Round> {
  const began = performance.now();
  const decide = ({ state }: { readonly state: RolloutState }): Reverted =>
    revert(state, inputs['run-id'], inputs.reason, host.now().getTime());
  const { decided, held, movedAt } = await carryOut(target.place, target.router, decide, host.signal);
  const { rollout } = held.state;
  const { reverted, reason, restored } = decided;
  // another run may have begun since the state was read
  if (!reverted || !rollout)
    return { rolledBack: false, verified: undefined, reason, rollout, restored: undefined, durationMs: 0 };
  await keepThroughRestart(target.router, inputs.target, held.state.live, host.signal);
  return {
    rolledBack: true,
    verified: inputs.verify > 0 ? await proveLive(inputs, target, held.state, restored, host) : undefined,
    reason,
    rollout,
    restored,
    durationMs: Math.round((movedAt ?? performance.now()) - began),
    alias: inputs.method.includes('registry-alias')
      ? await restoreAlias(inputs, rollout, restored, host)
      : undefined,
  };
}

/** The live slot answers, and the router sends nobody elsewhere. */
async function proveLive(
  inputs: In,
  { router }: Target,
  { live }: RolloutState,
  restored: Completed | undefined,
  host: Host,
): Promise<Verified> {
  const { signal } = host;
  const unproven = (reason: string): Verified => ({ ok: false, reason, probes: 0, failed: 0 });
  const share = await router.weight(signal);
  const expected = live === 'canary' ? 100 : 0;
  if (share !== expected)
    return unproven(`the router sends ${share} % to the slot canary, not ${expected} %`);
  const address = await addressOf(router, live, inputs[live], signal);
  if (address === undefined) return unproven(`no address of the live version is known; pass ${live}`);
  return verify({ address, apiKey: apiKeyOf(inputs, host) }, restored, inputs.verify, signal);
}
