import { version } from '@sluice/contract';
import { openTracker, type Registry } from '@sluice/tracking';
import type { Method } from './method.ts';

/**
 * Lets the registry's alias name the restored version again, and reads it back. An alias that names another run than the one taken
 * back is left alone.
 */
export const registryAlias: Method = async (scene) => {
  const { inputs, host } = scene;
  const uri = inputs['tracking-uri'] ?? host.env['MLFLOW_TRACKING_URI'];
  if (!uri) return undefined;
  const tracker = openTracker(uri, host.env, host);
  try {
    return await moved(scene, tracker.registry);
  } finally {
    await tracker.close();
  }
};

async function moved(
  { inputs, from, restored, pretend }: Parameters<Method>[0],
  registry: Registry,
): ReturnType<Method> {
  const { alias } = inputs;
  const name = inputs.register ?? version.parse(from.version).name;
  const now = await registry.getAlias(name, alias);
  if (restored && now?.runId === restored.runId)
    return { ok: true, text: `${name}@${alias} is version ${now.version} again` };
  if (now?.runId !== from.runId)
    return { ok: true, text: `${name}@${alias} does not name run ${from.runId} and was left alone` };
  const back = restored && (await registry.versions(name)).find((v) => v.runId === restored.runId);
  if (pretend)
    return {
      ok: true,
      text: back
        ? `${name}@${alias} would be version ${back.version} again`
        : `${name}@${alias} would be removed: the registry has no earlier version that completed here`,
    };
  if (!back) {
    await registry.deleteAlias(name, alias);
    return {
      ok: true,
      text: `${name}@${alias} was removed: the registry has no earlier version that completed here`,
    };
  }
  await registry.setAlias(name, alias, back.version);
  const read = await registry.getAlias(name, alias);
  return read?.version === back.version
    ? { ok: true, text: `${name}@${alias} is version ${back.version} again` }
    : {
        ok: false,
        text: `${name}@${alias} was set to version ${back.version} and reads ${read?.version ?? 'nothing'}`,
      };
}
