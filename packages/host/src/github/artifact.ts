import { setTimeout as delay } from 'node:timers/promises';
import { SystemError } from '@sluice/contract';
import type { Env } from '../detect.ts';
import { flavourOf } from './flavour.ts';

/** Reports are small; a service that takes longer is not waited for. */
const limitMs = 120_000;

/** Whether this server has the artifact service that the client speaks; GHES, Gitea, Forgejo and act refuse it. */
export const hasArtifacts = (env: Env): boolean =>
  flavourOf(env) === 'github.com' && Boolean(env.ACTIONS_RUNTIME_TOKEN && env.ACTIONS_RESULTS_URL);

/** Uploads files as one artifact. `name` must be free: names are unique in a run, also across the legs of a matrix. */
export async function uploadArtifact(name: string, paths: readonly string[], folder: string): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const upload = new DefaultArtifactClient().uploadArtifact(name, [...paths], folder);
  const limit = delay(limitMs, undefined, { ref: false }).then(() => {
    throw new SystemError(`the artifact service did not take them in ${limitMs / 1000} s`);
  });
  await Promise.race([upload, limit]);
}
