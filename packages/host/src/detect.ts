/** Which of the three ways of talking to a CI host is needed. */
export type HostKind = 'github' | 'gitlab' | 'cli';

export type Env = Readonly<Record<string, string | undefined>>;

/** True under gitlab-ci-local, which says `GITLAB_CI=false` to be told apart from a real GitLab. */
export const isGitLabCiLocal = (env: Env): boolean => env.GITLAB_CI === 'false' && !!env.CI_JOB_ID;

/**
 * Finds the CI host from its variables. Gitea, Forgejo and act speak GitHub's protocol and set `GITHUB_ACTIONS` too.
 * One host may run inside another's job (act or gitlab-ci-local in a test): the inner one is found.
 */
export function detectHost(env: Env): HostKind {
  if (isGitLabCiLocal(env)) return 'gitlab';
  if (env.GITHUB_ACTIONS === 'true') return 'github';
  if (env.GITLAB_CI === 'true') return 'gitlab';
  return 'cli';
}

/** Address of the CI host's own server; undefined where there is none. */
export function hostServer(env: Env): string | undefined {
  const named = { github: env.GITHUB_SERVER_URL, gitlab: env.CI_SERVER_URL, cli: undefined };
  return named[detectHost(env)] || undefined;
}
