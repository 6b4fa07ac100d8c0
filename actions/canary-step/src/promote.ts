import { messageOf, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { Rollout } from '@sluice/rollout';
import { openTracker } from '@sluice/tracking';
import type { In } from './scene.ts';

/**
 * Lets the registry's alias follow the version that is live now. The users are there already, so a registry that does
 * not answer is a warning with the way to mend it, never a reason to fail the rollout.
 */
export async function moveAlias(inputs: In, rollout: Rollout, host: Host): Promise<void> {
  const uri = inputs['tracking-uri'] ?? host.env['MLFLOW_TRACKING_URI'];
  if (!uri) return;
  const alias = inputs['promote-alias'];
  try {
    const { name } = version.parse(rollout.version);
    const tracker = openTracker(uri, host.env, host);
    const { registry } = tracker;
    const mine = (await registry.versions(name)).find((v) => v.runId === rollout.runId);
    if (!mine) {
      host.log.warn(
        `the registry has no version of ${name} from run ${rollout.runId}, so the alias '${alias}' stays where it is; eval-gate registers one when it is given 'register'`,
      );
      return;
    }
    await registry.setAlias(name, alias, mine.version);
    await tracker.close();
    host.log.info(`${name}@${alias} is version ${mine.version} now`);
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof UserError) && (error as Error).name !== 'Invalid') throw error;
    host.log.warn(`the alias '${alias}' was not moved: ${messageOf(error)}`);
  }
}
