import { type RecordRef, UserError } from '@sluice/contract';
import type { CommitStatus, Deployment } from '@sluice/host';
import { namedBy, openRecord } from '@sluice/record';
import type { Rollout } from '@sluice/rollout';
import type { Scene } from './scene.ts';
import type { Ended } from './ticks.ts';

/** Tells the host's pages where a rollout stands: the commit's status and its environment. Only what was decided is told. */
export async function tell(scene: Scene, { state, reason, record, decision }: Ended): Promise<void> {
  const { host, inputs } = scene;
  const { rollout } = state;
  if (!rollout || (record === undefined && ['hold', 'none'].includes(decision))) return;
  const commit = await commitOf(scene, rollout);
  await host.commitStatus({
    context: 'sluice/canary-step',
    state: statusOf(rollout),
    description: `${rollout.version} at ${rollout.weight} %: ${reason}`,
  });
  const url = inputs[rollout.candidate];
  await host.deployment({
    environment: inputs.environment,
    key: rollout.runId,
    state: deploymentOf(rollout),
    description: `${rollout.version} at ${rollout.weight} % of the users`,
    ...(commit === undefined ? {} : { commit }),
    ...(url === undefined ? {} : { url }),
  });
}

function statusOf({ phase }: Rollout): CommitStatus['state'] {
  if (phase === 'rolled-back') return 'failure';
  return phase === 'complete' || phase === 'watched' ? 'success' : 'pending';
}

function deploymentOf({ phase }: Rollout): Deployment['state'] {
  if (phase === 'rolled-back') return 'failure';
  return phase === 'complete' || phase === 'watched' ? 'success' : 'in-progress';
}

/** The commit that the version was made from: a scheduled tick runs for another one. */
export async function commitOf({ store }: Scene, { record }: Rollout): Promise<string | undefined> {
  if (record === 'none') return undefined;
  try {
    return namedBy(await openRecord(record as RecordRef, store)).commit;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return undefined;
  }
}
