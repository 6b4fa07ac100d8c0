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
  return { octokit: new Octokit({ auth: token, baseUrl, log: quiet }), owner, repo };
}

/** Pages of comments that are searched for ours: one hundred comments each. */
const mostPages = 20;

/** Updates the comment that begins with `marker`, or makes it. */
export async function writeComment(
  { octokit, owner, repo }: GitHubApi,
  issue: number,
  marker: string,
  markdown: string,
  signal: AbortSignal,
): Promise<void> {
  const request = { signal };
  const body = `${marker}\n${markdown}`;
  const found = await findComment({ octokit, owner, repo }, issue, marker, request);
  if (found !== undefined) {
    await octokit.rest.issues.updateComment({ owner, repo, comment_id: found, body, request });
    return;
  }
  await octokit.rest.issues.createComment({ owner, repo, issue_number: issue, body, request });
}

async function findComment(
  { octokit, owner, repo }: GitHubApi,
  issue: number,
  marker: string,
  request: { readonly signal: AbortSignal },
): Promise<number | undefined> {
  const pages = octokit.paginate.iterator(octokit.rest.issues.listComments, {
    owner,
    repo,
    issue_number: issue,
    per_page: 100,
    request,
  });
  let page = 0;
  for await (const { data } of pages) {
    const own = data.find((comment) => comment.body?.startsWith(marker));
    if (own) return own.id;
    if (++page === mostPages) return undefined;
  }
  return undefined;
}

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
