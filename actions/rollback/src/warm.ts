import type { Inputs } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { connect } from '@sluice/inference';
import { completed, liveBeside, otherSlot, type RolloutState } from '@sluice/rollout';
import { addressOf, apiKeyOf, type Target } from '@sluice/steering';
import type { definition } from './definition.ts';

/**
 * After a canary was taken back, its version stands in the other slot, not the one that was live before. Why users cannot go there;
 * nothing where they can: the last run stands there, or an earlier version answers again.
 */
export async function whyNotWarm(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  { router }: Target,
  state: RolloutState,
  run: string,
): Promise<string | undefined> {
  const gone = state.rollout?.runId === run && state.rollout.phase === 'complete' && isDown(state);
  if ((!gone && !liveBeside(state, run)) || (!inputs.drill && broughtUp(inputs.method, gone)))
    return undefined;
  const slot = otherSlot(state.live);
  const before = completed(state, 1);
  const way = `deploy ${before?.version ?? 'an earlier version'} in the slot ${slot} and run this again, or start a new rollout with canary-step`;
  if (gone)
    return `run ${run} is live, and the version before it was taken down when its time was over (keep-old): let the live slot go back itself (method rollout-undo without traffic), ${way}`;
  const taken = state.rollout ? `${state.rollout.version}, which was taken back` : 'nothing that is known';
  if (!before)
    return `run ${run} is live and no version completed a rollout before it; the slot ${slot} was last given to ${taken}: ${way}`;
  const endpoint = await addressOf(router, slot, inputs[slot], host.signal);
  if (endpoint === undefined) return `no address of the slot ${slot} is known; pass ${slot}`;
  const answer = await connect({
    endpoint,
    apiKey: apiKeyOf(inputs, host),
    signal: host.signal,
    timeoutMs: 10_000,
  }).models();
  host.signal.throwIfAborted();
  const served = answer.ok ? answer.models.map(({ id }) => id) : [];
  if (served.includes(before.version)) return undefined;
  const there = answer.ok
    ? `serves ${served.join(', ') || 'nothing'}`
    : `does not answer (${answer.message})`;
  return `run ${run} is live, and no earlier version is warm: the slot ${slot} (${endpoint}) ${there}, not ${before.version}. ${way[0]?.toUpperCase()}${way.slice(1)}`;
}

/** Whether what is done before the users move, or instead of it, lets an earlier version serve. An undone workload without Pods has none. */
function broughtUp(method: Inputs<(typeof definition)['inputs']>['method'], gone: boolean): boolean {
  const at = method.indexOf('traffic');
  return at < 0 || method.slice(0, at).some((one) => one === 'gitops' || (one === 'rollout-undo' && !gone));
}

/** Whether a tick has taken down what stood in the slot without users. */
const isDown = ({ live, instances }: RolloutState) => instances?.[otherSlot(live)]?.status === 'down';
