import { SystemError } from '@sluice/contract';
import { type GitHubApi, isMissing } from './api.ts';

/** Where a comment stands: on a pull request (an issue, to the API), or on a commit. */
export type CommentPlace = { readonly issue: number } | { readonly commit: string };

/** Pages of comments that are searched for ours: one hundred comments each. */
const mostPages = 20;

interface Comment {
  readonly id: number;
  readonly body?: string | undefined;
}

/** The pull request that brought a commit, else the commit itself. Gitea and Forgejo name at most one, by another path. */
export async function placeOf(
  { octokit, owner, repo }: GitHubApi,
  commit: string,
  signal: AbortSignal,
): Promise<CommentPlace> {
  const request = { signal };
  const pulls = octokit.rest.repos.listPullRequestsAssociatedWithCommit;
  try {
    const { data } = await pulls({ owner, repo, commit_sha: commit, request });
    const brought = data.find((pull) => pull.merged_at !== null || pull.state === 'open');
    return brought ? { issue: brought.number } : { commit };
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  try {
    const { data } = await octokit.request('GET /repos/{owner}/{repo}/commits/{commit}/pull', {
      ...{ owner, repo, commit, request },
    });
    return { issue: (data as { readonly number: number }).number };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { commit };
  }
}

/** Updates the comment that begins with `marker`, or makes it. */
export async function writeComment(
  api: GitHubApi,
  place: CommentPlace,
  marker: string,
  markdown: string,
  signal: AbortSignal,
): Promise<void> {
  const body = `${marker}\n${markdown}`;
  if ('issue' in place) return onIssue(api, place.issue, marker, body, signal);
  try {
    await onCommit(api, place.commit, marker, body, signal);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new SystemError(`this host takes no comments on the commit ${place.commit}`);
  }
}

async function onIssue(
  { octokit, owner, repo }: GitHubApi,
  issue_number: number,
  marker: string,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const request = { signal };
  const { issues } = octokit.rest;
  const list = { owner, repo, issue_number, per_page: 100, request };
  const comment_id = await findIn(octokit.paginate.iterator(issues.listComments, list), marker);
  if (comment_id === undefined) await issues.createComment({ owner, repo, issue_number, body, request });
  else await issues.updateComment({ owner, repo, comment_id, body, request });
}

async function onCommit(
  { octokit, owner, repo }: GitHubApi,
  commit_sha: string,
  marker: string,
  body: string,
  signal: AbortSignal,
): Promise<void> {
  const request = { signal };
  const { repos } = octokit.rest;
  const list = { owner, repo, commit_sha, per_page: 100, request };
  const comment_id = await findIn(octokit.paginate.iterator(repos.listCommentsForCommit, list), marker);
  if (comment_id === undefined) await repos.createCommitComment({ owner, repo, commit_sha, body, request });
  else await repos.updateCommitComment({ owner, repo, comment_id, body, request });
}

async function findIn(
  pages: AsyncIterable<{ readonly data: readonly Comment[] }>,
  marker: string,
): Promise<number | undefined> {
  let page = 0;
  for await (const { data } of pages) {
    const own = data.find((comment) => comment.body?.startsWith(marker));
    if (own) return own.id;
    if (++page === mostPages) return undefined;
  }
  return undefined;
}
