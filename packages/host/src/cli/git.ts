import { run } from '@sluice/process';
import type { Env } from '../detect.ts';
import type { Source } from '../types.ts';

/** Git answers from its own files; longer than this it hangs on something. */
const timeoutMs = 15_000;

async function git(workspace: string, env: Env, ...args: string[]): Promise<string | undefined> {
  try {
    const result = await run(['git', ...args], {
      cwd: workspace,
      env: { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
      timeoutMs,
    });
    const text = result.stdout.trim();
    return result.code === 0 && text !== '' ? text : undefined;
  } catch {
    return undefined; // no git, or no such folder: the source is then unknown
  }
}

/** What a person's own checkout is: asked from git, all at once. Outside git only the folder is known. */
export async function gitSource(workspace: string, env: Env, invocation: string): Promise<Source> {
  const [commit, branch, remote] = await Promise.all([
    git(workspace, env, 'rev-parse', '--verify', 'HEAD'),
    git(workspace, env, 'symbolic-ref', '--quiet', 'HEAD'),
    git(workspace, env, 'config', '--get', 'remote.origin.url'),
  ]);
  return {
    repository: remote ? browserAddress(remote) : workspace,
    commit,
    ref: branch,
    event: 'manual',
    before: undefined,
    targetBranch: undefined,
    jobUrl: undefined,
    actor: env.USER || undefined,
    invocation,
  };
}

/** The tag before the one of a commit; undefined where there is none or the history is too short to know. */
export const previousTag = (workspace: string, commit: string, env: Env): Promise<string | undefined> =>
  git(workspace, env, 'describe', '--tags', '--abbrev=0', `${commit}^`);

/** A remote as an address without credentials: `git@host:owner/name.git` gives `https://host/owner/name`. */
export function browserAddress(remote: string): string {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(remote);
  const address = scp ? `https://${scp[1]}/${scp[2]}` : remote;
  try {
    const url = new URL(address);
    if (url.protocol === 'file:') return url.pathname;
    url.username = '';
    url.password = '';
    if (url.protocol === 'ssh:' || url.protocol === 'git:')
      return `https://${url.hostname}${url.pathname}`.replace(/\.git\/?$/, '');
    return url.href.replace(/\.git\/?$/, '');
  } catch {
    return remote;
  }
}
