import type { Octokit } from '@octokit/rest';
import { UserError } from '@sluice/contract';
import type { Env } from '../detect.ts';
import type { CommitStatus } from '../types.ts';

/** The repository behind a token. Gitea and Forgejo answer at the same paths below their own GITHUB_API_URL. */
export interface GitHubApi {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
}

/** Loads the client only when a token was given; nothing ever asks api.github.com unless the runner says so. */
export async function githubApi(env: Env, token: string): Promise<GitHubApi> {
  const baseUrl = env.GITHUB_API_URL;
  const [owner, repo] = (env.GITHUB_REPOSITORY ?? '').split('/');
  if (!baseUrl || !owner || !repo)
    throw new UserError('GITHUB_API_URL and GITHUB_REPOSITORY are not set: the runner must set both');
  const { Octokit } = await import('@octokit/rest');
  const quiet = { debug() {}, info() {}, warn() {}, error() {} };
  const octokit = new Octokit({ auth: token, baseUrl, log: quiet, request: { fetch: inTime } });
  return { octokit, owner, repo };
}

/** How long GitHub may take to answer. */
const timeoutMs = 30_000;

/** `fetch` that a host which never answers does not keep: the next look at the users comes after it. */
function inTime(url: string, init: RequestInit = {}): Promise<Response> {
  const limits = [AbortSignal.timeout(timeoutMs), ...(init.signal ? [init.signal] : [])];
  return fetch(url, { ...init, signal: AbortSignal.any(limits) });
}

/** An answer that says the host does not have this: Gitea and Forgejo lack some of GitHub's paths. */
export const isMissing = (error: unknown): boolean => (error as { status?: unknown } | null)?.status === 404;

/** Marks a commit. Descriptions are limited to 140 characters. */
export async function writeStatus(
  { octokit, owner, repo }: GitHubApi,
  sha: string,
  status: CommitStatus,
  jobUrl: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  await octokit.rest.repos.createCommitStatus({
    owner,
    repo,
    sha,
    state: status.state,
    context: status.context,
    description: [...status.description].slice(0, 140).join(''),
    ...(jobUrl ? { target_url: jobUrl } : {}),
    request: { signal },
  });
}
