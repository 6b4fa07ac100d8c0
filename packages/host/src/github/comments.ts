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
  const comments = commentsAt(api, place, signal);
  try {
    const own = await findIn(comments.pages, marker);
    if (own === undefined) await comments.create(body);
    else await comments.update(own, body);
  } catch (error) {
    if ('issue' in place || !isMissing(error)) throw error;
    throw new SystemError(`this host takes no comments on the commit ${place.commit}`);
  }
}

/** The comments of one place. */
interface Comments {
  readonly pages: AsyncIterable<{ readonly data: readonly Comment[] }>;
  create(body: string): Promise<unknown>;
  update(comment_id: number, body: string): Promise<unknown>;
}

function commentsAt({ octokit, owner, repo }: GitHubApi, place: CommentPlace, signal: AbortSignal): Comments {
  const { issues, repos } = octokit.rest;
  const here = { owner, repo, request: { signal } };
  if ('issue' in place) {
    const at = { ...here, issue_number: place.issue };
    return {
      pages: octokit.paginate.iterator(issues.listComments, { ...at, per_page: 100 }),
      create: (body) => issues.createComment({ ...at, body }),
      update: (comment_id, body) => issues.updateComment({ ...here, comment_id, body }),
    };
  }
  const at = { ...here, commit_sha: place.commit };
  return {
    pages: octokit.paginate.iterator(repos.listCommentsForCommit, { ...at, per_page: 100 }),
    create: (body) => repos.createCommitComment({ ...at, body }),
    update: (comment_id, body) => repos.updateCommitComment({ ...here, comment_id, body }),
  };
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
