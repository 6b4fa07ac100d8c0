import type { Inputs } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { commitBehind, type RecordStore } from '@sluice/record';
import type { RolloutState } from '@sluice/rollout';
import type { definition } from './definition.ts';
import type { From, Round } from './round.ts';

/** Tells the host's pages who lost the users and who has them again: the status of the taken commit, and the environment. */
export async function tell(
  inputs: Inputs<(typeof definition)['inputs']>,
  host: Host,
  store: RecordStore,
  { history }: RolloutState,
  { from, restored }: Round & { readonly from: From },
): Promise<void> {
  const { environment } = inputs;
  const commit = await commitBehind(from, store);
  const description = `${from.version} was taken back: ${inputs.reason}`;
  // the context of canary-step: what it said of this commit holds no more
  await host.commitStatus({
    context: 'sluice/canary-step',
    state: 'failure',
    description,
    ...(commit === undefined ? {} : { commit }),
  });
  const wasLive = history.some(({ runId }) => runId === from.runId);
  await host.deployment({
    environment,
    key: from.runId,
    state: wasLive ? 'inactive' : 'failure',
    description,
    ...(commit === undefined ? {} : { commit }),
  });
  const back = restored && (await commitBehind(restored, store));
  if (!restored || back === undefined) return;
  await host.deployment({
    environment,
    key: restored.runId,
    state: 'success',
    description: `${restored.version} has the users again`,
    commit: back,
  });
}
