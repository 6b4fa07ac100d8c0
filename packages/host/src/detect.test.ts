import { describe, expect, it } from 'vitest';
import { detectHost } from './detect.ts';

describe('detectHost', () => {
  it.each([
    [{}, 'cli'],
    [{ CI: 'true' }, 'cli'],
    [{ GITHUB_ACTIONS: 'true' }, 'github'],
    [{ GITHUB_ACTIONS: 'true', GITEA_ACTIONS: 'true' }, 'github'],
    [{ GITLAB_CI: 'true' }, 'gitlab'],
    [{ GITLAB_CI: 'false', CI_JOB_ID: '3' }, 'gitlab'],
    [{ GITLAB_CI: 'false' }, 'cli'],
    // act in a GitLab job, gitlab-ci-local in a GitHub job
    [{ GITLAB_CI: 'true', GITHUB_ACTIONS: 'true' }, 'github'],
    [{ GITHUB_ACTIONS: 'true', GITLAB_CI: 'false', CI_JOB_ID: '3' }, 'gitlab'],
  ])('%o is %s', (env, kind) => {
    expect(detectHost(env)).toBe(kind);
  });
});
