import type { Inputs } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { apiKeyOf, openTarget } from '@sluice/steering';
import type { definition } from './definition.ts';
import { drill } from './drill.ts';
import { finish } from './finish.ts';
import { nothing } from './round.ts';
import { takeBack } from './take-back.ts';
import { checkMethod, checkTo, whyNot } from './whether.ts';

export async function run(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
): Promise<Outcome<(typeof definition)['outputs']>> {
  checkMethod(inputs);
  apiKeyOf(inputs, host);
  const target = await openTarget(inputs, host);
  if (target.store.note) host.log.info(target.store.note);
  const { state } = await target.place.read();
  const idle = whyNot(state, inputs, host.now());
  if (idle !== undefined) return finish(inputs, host, target, nothing(idle, state));
  checkTo(inputs.to, state, inputs['run-id']);
  if (inputs['dry-run'])
    return finish(inputs, host, target, nothing(`would take run ${inputs['run-id']} back`, state));
  const act = inputs.drill ? drill : takeBack;
  return finish(inputs, host, target, await act(inputs, host, target, state));
}
