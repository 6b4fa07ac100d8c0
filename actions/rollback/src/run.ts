import type { Inputs } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { readSigningKey, readTrustedKeys } from '@sluice/record';
import { openRollout, type RolloutState } from '@sluice/rollout';
import { apiKeyOf, openTarget, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';
import { drill } from './drill.ts';
import { finish } from './finish.ts';
import type { Evidence } from './proven.ts';
import { nothing, type Round } from './round.ts';
import { takeBack } from './take-back.ts';
import { whyNotWarm } from './warm.ts';
import { checkMethod, checkTo, whyNot } from './whether.ts';
import { knownAs, runMeant } from './which.ts';

type In = Inputs<(typeof definition)['inputs']>;

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  apiKeyOf(inputs, host);
  const key = await readSigningKey(inputs['signing-key'], host);
  const trusted = await readTrustedKeys(inputs['trusted-keys'], host);
  const target = { ...(await openTarget(inputs, host)), trusted };
  if (target.store.note) host.log.info(target.store.note);
  const { state } = await target.place.read();
  checkMethod(inputs, state);
  return finish(inputs, host, target, await roundOf(inputs, host, target, state), key);
}

async function roundOf(
  inputs: In,
  host: Host,
  target: Target & Evidence,
  state: RolloutState,
): Promise<Round> {
  const run = runMeant(inputs, state);
  if (run === undefined) return nothing(`no version ever completed a rollout on ${inputs.target}`, state);
  const open = openRollout(state);
  if (inputs['run-id'] === 'live' && open)
    return nothing(`run ${open.runId} (${open.version}) is under way: no drill beside it`, state);
  const idle = whyNot(state, inputs, run, host.now());
  const from = knownAs(state, run);
  if (idle !== undefined || !from) return nothing(idle ?? `${inputs.target} does not know run ${run}`, state);
  checkTo(inputs.to, state, run);
  const cold = await whyNotWarm(inputs, host, target, state, run);
  if (cold !== undefined) return { ...nothing(cold, state, true), from };
  if (inputs['dry-run']) return { ...nothing(`would take run ${run} back`, state), from };
  return inputs.drill ? drill(inputs, host, target, state, from) : takeBack(inputs, host, target, from);
}
