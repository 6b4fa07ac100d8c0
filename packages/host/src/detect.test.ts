import { describe, expect, it } from 'vitest';
import { detectHost } from './detect.ts';
import { flavourOf } from './github/flavour.ts';

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

describe('flavourOf', () => {
  it.each([
    [{ GITHUB_SERVER_URL: 'https://github.com' }, 'github.com'],
    [{ GITHUB_SERVER_URL: 'https://lab.ghe.com' }, 'github.com'],
    [{ GITHUB_SERVER_URL: 'https://github.lab.example' }, 'ghes'],
    [{ GITHUB_SERVER_URL: 'https://github.com.evil.example' }, 'ghes'],
    [{ GITHUB_SERVER_URL: 'https://git.lab', GITEA_ACTIONS: 'true' }, 'gitea'],
    [{ GITHUB_SERVER_URL: 'https://git.lab', GITEA_ACTIONS: 'true', FORGEJO_ACTIONS: 'true' }, 'forgejo'],
    [{ GITHUB_SERVER_URL: 'https://github.com', ACT: 'true' }, 'act'],
    [{}, 'ghes'],
  ])('%o is %s', (env, flavour) => {
    expect(flavourOf(env)).toBe(flavour);
  });
});
