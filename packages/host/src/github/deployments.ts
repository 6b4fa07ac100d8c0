import type { Deployment } from '../types.ts';
import type { GitHubApi } from './api.ts';

const STATES = {
  'in-progress': 'in_progress',
  success: 'success',
  failure: 'failure',
  inactive: 'inactive',
} as const satisfies Record<Deployment['state'], string>;

/** Marks deployments as ours; hosts list by it. */
const TASK = 'deploy:sluice';

/**
 * Makes the deployment of this key, or finds it, and gives it a state. It asks for no required contexts: what may be deployed
 * has been decided by the record, and one of the statuses asked for may be the one of this very step.
 * REST API of GitHub, "Deployments" and "Deployment statuses".
 */
export async function writeDeployment(
  { octokit, owner, repo }: GitHubApi,
  sha: string,
  deployment: Deployment,
  jobUrl: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const request = { signal };
  const { environment, key, state, url } = deployment;
  const { repos } = octokit.rest;
  const description = [...deployment.description].slice(0, 140).join('');
  const same = { owner, repo, environment, task: TASK, request };
  const { data: known } = await repos.listDeployments({ ...same, sha, per_page: 100 });
  const found = known.find(({ payload }) => keyOf(payload) === key);
  const made =
    found ??
    (
      await repos.createDeployment({
        ...same,
        ref: sha,
        auto_merge: false,
        required_contexts: [],
        payload: { key },
        description,
      })
    ).data;
  // a host that would have to merge first answers with a message instead of a deployment
  if (!('id' in made)) throw new Error(made.message ?? 'the host made no deployment');
  await repos.createDeploymentStatus({
    owner,
    repo,
    deployment_id: made.id,
    state: STATES[state],
    description,
    environment,
    ...(jobUrl ? { log_url: jobUrl } : {}),
    ...(url ? { environment_url: url } : {}),
    request,
  });
}

/** A payload comes back as it was sent, or as its text. */
function keyOf(payload: unknown): unknown {
  if (typeof payload !== 'string') return (payload as { readonly key?: unknown } | null)?.key;
  try {
    return keyOf(JSON.parse(payload));
  } catch {
    return undefined;
  }
}
