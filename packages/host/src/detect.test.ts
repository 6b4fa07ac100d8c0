import { describe, expect, it } from 'vitest';
import { detectHost, hostServer } from './detect.ts';

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

describe('hostServer', () => {
  const both = { GITHUB_SERVER_URL: 'https://git.example', CI_SERVER_URL: 'https://lab.example' };

  it.each([
    [{ ...both, GITHUB_ACTIONS: 'true' }, 'https://git.example'],
    [{ ...both, GITLAB_CI: 'true' }, 'https://lab.example'],
    [{ GITHUB_ACTIONS: 'true', GITHUB_SERVER_URL: '' }, undefined],
    [both, undefined],
  ])('%o is served by %s', (env, server) => {
    expect(hostServer(env)).toBe(server);
  });
});
