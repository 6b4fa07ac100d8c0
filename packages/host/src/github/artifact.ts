import type { Env } from '../detect.ts';
import { flavourOf } from './flavour.ts';

/** Whether this server has the artifact service that the client speaks; GHES, Gitea, Forgejo and act refuse it. */
export const hasArtifacts = (env: Env): boolean =>
  flavourOf(env) === 'github.com' && Boolean(env.ACTIONS_RUNTIME_TOKEN && env.ACTIONS_RESULTS_URL);

/** Uploads files as one artifact, whose name is free: names are unique in a run, also across the legs of a matrix. */
export async function uploadArtifact(name: string, paths: readonly string[], folder: string): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  await new DefaultArtifactClient().uploadArtifact(name, [...paths], folder);
}
