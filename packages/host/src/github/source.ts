import { readFileSync } from 'node:fs';
import type { Env } from '../detect.ts';
import type { Source } from '../types.ts';

/** The parts of a webhook's event that are read here. */
export interface GitHubEvent {
  readonly before?: string;
  readonly number?: number;
  readonly pull_request?: {
    readonly number?: number;
    readonly base?: { readonly sha?: string };
    readonly head?: { readonly sha?: string };
  };
  readonly issue?: { readonly number?: number; readonly pull_request?: unknown };
  readonly merge_group?: { readonly base_sha?: string };
}

/** The event of this workflow run; empty where the host gives none or it cannot be read. */
export function readEvent(env: Env): GitHubEvent {
  const path = env.GITHUB_EVENT_PATH;
  if (!path) return {};
  try {
    const event: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof event === 'object' && event !== null ? event : {};
  } catch {
    return {};
  }
}

const ZEROS = /^0+$/;
const known = (text: string | undefined): string | undefined =>
  text && !ZEROS.test(text) ? text : undefined;

/** What the workflow runs for, from the runner's variables and the event. Variables: docs.github.com, "Variables reference". */
export function githubSource(env: Env, event: GitHubEvent): Source {
  const server = env.GITHUB_SERVER_URL ?? '';
  const repository = `${server}/${env.GITHUB_REPOSITORY ?? ''}`;
  const run = `${repository}/actions/runs/${env.GITHUB_RUN_ID ?? '0'}`;
  const attempt = env.GITHUB_RUN_ATTEMPT ?? '1';
  const ref = known(env.GITHUB_REF);
  return {
    repository,
    commit: known(env.GITHUB_SHA),
    ref,
    event: eventOf(env.GITHUB_EVENT_NAME, ref),
    before: known(event.pull_request?.base?.sha) ?? known(event.merge_group?.base_sha) ?? known(event.before),
    targetBranch: known(env.GITHUB_BASE_REF),
    jobUrl: run,
    actor: known(env.GITHUB_ACTOR),
    invocation: `${run}/attempts/${attempt}#${env.GITHUB_JOB ?? ''}`,
  };
}

function eventOf(name: string | undefined, ref: string | undefined): Source['event'] {
  if (name === 'push') return ref?.startsWith('refs/tags/') ? 'tag' : 'push';
  if (name === 'pull_request' || name === 'pull_request_target') return 'pull-request';
  if (name === 'schedule') return 'schedule';
  if (name === 'workflow_dispatch' || name === 'repository_dispatch') return 'manual';
  return 'other';
}

/** Number of the pull request that a comment belongs to. */
export function pullRequestOf(event: GitHubEvent): number | undefined {
  return event.pull_request?.number ?? (event.issue?.pull_request ? event.issue.number : undefined);
}
