import { describe, expect, it } from 'vitest';
import { gitlabSource } from './source.ts';

const base = {
  CI_PROJECT_URL: 'https://gitlab.example/lab/models',
  CI_COMMIT_SHA: 'c'.repeat(40),
  CI_COMMIT_BRANCH: 'main',
  CI_PIPELINE_SOURCE: 'push',
  CI_COMMIT_BEFORE_SHA: 'b'.repeat(40),
  CI_JOB_URL: 'https://gitlab.example/lab/models/-/jobs/9',
  GITLAB_USER_LOGIN: 'ada',
};

describe('gitlabSource', () => {
  it('knows a push', () => {
    expect(gitlabSource(base)).toEqual({
      repository: 'https://gitlab.example/lab/models',
      commit: 'c'.repeat(40),
      ref: 'refs/heads/main',
      event: 'push',
      before: 'b'.repeat(40),
      targetBranch: undefined,
      jobUrl: 'https://gitlab.example/lab/models/-/jobs/9',
      actor: 'ada',
      invocation: 'https://gitlab.example/lab/models/-/jobs/9',
    });
  });

  it('takes zeros for unknown, and compares a merge request with its merge base', () => {
    const zeros = { ...base, CI_COMMIT_BEFORE_SHA: '0'.repeat(40) };
    expect(gitlabSource(zeros).before).toBeUndefined();
    expect(
      gitlabSource({
        ...zeros,
        CI_PIPELINE_SOURCE: 'merge_request_event',
        CI_MERGE_REQUEST_DIFF_BASE_SHA: 'd'.repeat(40),
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      }),
    ).toMatchObject({ event: 'pull-request', before: 'd'.repeat(40), targetBranch: 'main' });
  });

  it('knows tags, schedules and pipelines started by hand', () => {
    expect(gitlabSource({ ...base, CI_COMMIT_TAG: 'v1' })).toMatchObject({
      event: 'tag',
      ref: 'refs/tags/v1',
    });
    expect(gitlabSource({ ...base, CI_PIPELINE_SOURCE: 'schedule' }).event).toBe('schedule');
    expect(gitlabSource({ ...base, CI_PIPELINE_SOURCE: 'web' }).event).toBe('manual');
    expect(gitlabSource({ ...base, CI_PIPELINE_SOURCE: 'parent_pipeline' }).event).toBe('other');
  });
});
