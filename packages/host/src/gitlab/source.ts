import type { Env } from '../detect.ts';
import type { Source } from '../types.ts';

/** GitLab says "unknown" with a hash of zeros. */
const known = (text: string | undefined): string | undefined =>
  text && !/^0+$/.test(text) ? text : undefined;

const EVENTS: Readonly<Record<string, Source['event']>> = {
  push: 'push',
  merge_request_event: 'pull-request',
  external_pull_request_event: 'pull-request',
  schedule: 'schedule',
  web: 'manual',
  api: 'manual',
  trigger: 'manual',
  chat: 'manual',
};

/** What the pipeline runs for. Variables: docs.gitlab.com, "Predefined CI/CD variables reference". */
export function gitlabSource(env: Env): Source {
  const tag = known(env.CI_COMMIT_TAG);
  const event = EVENTS[env.CI_PIPELINE_SOURCE ?? ''] ?? 'other';
  const branch = env.CI_COMMIT_BRANCH || env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME;
  return {
    repository: env.CI_PROJECT_URL ?? '',
    commit: known(env.CI_COMMIT_SHA),
    ref: tag ? `refs/tags/${tag}` : branch ? `refs/heads/${branch}` : undefined,
    event: tag && event === 'push' ? 'tag' : event,
    before: known(env.CI_MERGE_REQUEST_DIFF_BASE_SHA) ?? known(env.CI_COMMIT_BEFORE_SHA),
    targetBranch: known(env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME),
    jobUrl: known(env.CI_JOB_URL),
    actor: known(env.GITLAB_USER_LOGIN),
    invocation: env.CI_JOB_URL || `${env.CI_PROJECT_URL ?? ''}/-/jobs/${env.CI_JOB_ID ?? '0'}`,
  };
}
