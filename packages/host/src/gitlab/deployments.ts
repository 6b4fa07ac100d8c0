import type { Deployment, Source } from '../types.ts';
import type { GitLabApi } from './api.ts';

const STATES = {
  'in-progress': 'running',
  success: 'success',
  failure: 'failed',
  inactive: 'canceled',
} as const satisfies Record<Deployment['state'], string>;

/**
 * Makes the deployment of a commit to an environment, or changes the state of the newest one. GitLab's deployments carry no name of
 * ours: the newest of this environment and commit is taken for the one of this key, and one that has ended well is only changed to
 * tell that it was taken back. REST API of GitLab, "Deployments".
 */
export async function writeDeployment(
  api: GitLabApi,
  sha: string,
  { environment, state }: Deployment,
  source: Source,
): Promise<void> {
  const status = STATES[state];
  const newest = `/deployments?environment=${encodeURIComponent(environment)}&order_by=id&sort=desc`;
  for await (const { id, sha: deployed, status: had } of api.list(newest, 1)) {
    if (deployed !== sha) continue;
    if (had === status) return;
    const begunAnew = state === 'in-progress' && had !== 'created';
    if (begunAnew) break;
    await api.ask('PUT', `/deployments/${String(id)}`, { status });
    return;
  }
  const tag = source.ref?.startsWith('refs/tags/') ?? false;
  const ref = source.ref?.replace(/^refs\/(heads|tags)\//, '') ?? sha;
  await api.ask('POST', '/deployments', { environment, sha, ref, tag, status });
}
