import { messageOf } from '@sluice/contract';
import type { Env } from '../detect.ts';
import type { Log, RunnerCache } from '../types.ts';

/** The runner's cache service, loaded only when it is there and asked for. A cache that fails is a warning, never a failure. */
export function githubCache(env: Env, log: Log): RunnerCache {
  const there = Boolean(env.ACTIONS_CACHE_URL || env.ACTIONS_RESULTS_URL);
  return {
    async restore(key, paths) {
      if (!there) return false;
      try {
        const { restoreCache } = await import('@actions/cache');
        // the service also answers with a key that merely begins like ours
        return (await restoreCache([...paths], key)) === key;
      } catch (error) {
        log.warn(`the cache was not restored: ${messageOf(error)}`);
        return false;
      }
    },
    async save(key, paths) {
      if (!there) return;
      try {
        const { saveCache } = await import('@actions/cache');
        await saveCache([...paths], key);
      } catch (error) {
        log.warn(`the cache was not saved: ${messageOf(error)}`);
      }
    },
  };
}
