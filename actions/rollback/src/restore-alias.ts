import { type Inputs, messageOf, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import type { Completed, Rollout } from '@sluice/rollout';
import { openTracker } from '@sluice/tracking';
import type { definition } from './definition.ts';
import type { AliasRestored } from './round.ts';

/**
 * Lets the registry's alias name the restored version again, and reads it back. An alias that names another run than the one taken
 * back is left alone. The users are back already, so a registry that does not answer is a result; repeating the rollback tries again.
 */
export async function restoreAlias(
  inputs: Inputs<(typeof definition)['inputs']>,
  rollout: Rollout,
  restored: Completed | undefined,
  host: Host,
): Promise<AliasRestored | undefined> {
  const uri = inputs['tracking-uri'] ?? host.env['MLFLOW_TRACKING_URI'];
  if (!uri) return undefined;
  const { alias } = inputs;
  try {
    const name = inputs.register ?? version.parse(rollout.version).name;
    const { registry } = openTracker(uri, host.env, host);
    const now = await registry.getAlias(name, alias);
    if (now?.runId !== rollout.runId)
      return { ok: true, text: `${name}@${alias} does not name run ${rollout.runId} and was left alone` };
    const back = restored && (await registry.versions(name)).find((v) => v.runId === restored.runId);
    if (!back) {
      await registry.deleteAlias(name, alias);
      return {
        ok: true,
        text: `${name}@${alias} was removed: the registry has no earlier version that completed here`,
      };
    }
    await registry.setAlias(name, alias, back.version);
    return { ok: true, text: `${name}@${alias} is version ${back.version} again` };
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof UserError)) throw error;
    return {
      ok: false,
      text: `the alias '${alias}' was not moved back: ${messageOf(error)}. Run rollback again when the registry answers`,
    };
  }
}
