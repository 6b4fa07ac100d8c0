import type { CommitStatus, Deployment } from '@sluice/host';
import { commitBehind } from '@sluice/record';
import type { Rollout, Step } from '@sluice/rollout';
import type { Scene } from './scene.ts';

/** Tells the host's pages where a rollout stands: the status of its commit, and the environment. */
export async function tell(scene: Scene, { state, reason }: Pick<Step, 'state' | 'reason'>): Promise<void> {
  const { host, inputs } = scene;
  const { rollout } = state;
  if (!rollout || inputs.token === undefined) return;
  const commit = await commitBehind(rollout, scene.store);
  const meant = commit === undefined ? {} : { commit };
  await host.commitStatus({
    context: 'sluice/canary-step',
    state: statusOf(rollout),
    description: `${rollout.version} at ${rollout.weight} %: ${reason}`,
    ...meant,
  });
  const url = inputs[rollout.candidate];
  await host.deployment({
    environment: inputs.environment,
    key: rollout.runId,
    state: deploymentOf(rollout),
    description: `${rollout.version} at ${rollout.weight} % of the users`,
    ...meant,
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
