import { type Inputs, messageOf, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { Completed, Rollout } from '@sluice/rollout';
import { openTracker } from '@sluice/tracking';
import type { definition } from './definition.ts';

/**
 * Lets the registry's alias name the restored version again. An alias that names another run than the one taken back is left
 * alone. The traffic is back already, so a silent registry is a warning.
 */
export async function restoreAlias(
  inputs: Inputs<(typeof definition)['inputs']>,
  rollout: Rollout,
  restored: Completed | undefined,
  host: Host,
): Promise<void> {
  const uri = inputs['tracking-uri'] ?? host.env['MLFLOW_TRACKING_URI'];
  if (!uri) return;
  const { alias } = inputs;
  try {
    const name = inputs.register ?? version.parse(rollout.version).name;
    const { registry } = openTracker(uri, host.env, host);
    const now = await registry.getAlias(name, alias);
    if (now?.runId !== rollout.runId) return;
    const back = restored && (await registry.versions(name)).find((v) => v.runId === restored.runId);
    if (back) await registry.setAlias(name, alias, back.version);
    else await registry.deleteAlias(name, alias);
    host.log.info(
      back
        ? `${name}@${alias} is version ${back.version} again`
        : `${name}@${alias} was removed: no earlier version completed here`,
    );
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof UserError) && (error as Error).name !== 'Invalid') throw error;
    host.log.warn(`the alias '${alias}' was not moved back: ${messageOf(error)}`);
  }
}
