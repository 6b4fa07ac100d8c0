import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystemError, UserError } from '@sluice/contract';
import { type RunResult, run } from '@sluice/process';
import type { GitPlace } from './place.ts';

type Env = Readonly<Record<string, string | undefined>>;

export interface RepositoryOptions {
  readonly env: Env;
  /** Relative repositories start here. */
  readonly workspace: string;
  /** Limit of one exchange with the server, milliseconds. */
  readonly timeoutMs?: number;
}

/** The file as a commit has it. */
export interface Version {
  readonly commit: string;
  readonly text: string;
}

/**
 * One branch of a repository, in a bare copy of its own that ends with the process. Nothing is checked out: a commit is made
 * from the tree on the server with one file replaced.
 */
export class Repository {
  readonly #at: GitPlace;
  readonly #folder: string;
  readonly #options: RepositoryOptions;

  private constructor(at: GitPlace, folder: string, options: RepositoryOptions) {
    this.#at = at;
    this.#folder = folder;
    this.#options = options;
  }

  /** @throws UserError the branch is not there, SystemError the server did not answer or refuses */
  static async open(at: GitPlace, options: RepositoryOptions, signal?: AbortSignal): Promise<Repository> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-git-'));
    removedAtExit(folder);
    const repository = new Repository(at, folder, options);
    await repository.#git(['init', '--bare', '--quiet', folder], signal);
    await repository.#git(['config', 'remote.origin.url', at.repository], signal);
    // blobs come when they are read, where the server can do that
    await repository.#git(['config', 'remote.origin.promisor', 'true'], signal);
    await repository.#git(['config', 'remote.origin.partialclonefilter', 'blob:none'], signal);
    return repository;
  }

  /** The file as it stands on the server now. */
  async newest(signal?: AbortSignal): Promise<Version> {
    const { branch, file, repository } = this.#at;
    const from = `refs/heads/${branch}`;
    const fetched = await this.#run(
      ['fetch', '--quiet', '--no-tags', '--filter=blob:none', 'origin', `+${from}:${from}`],
      signal,
    );
    if (fetched.code !== 0) {
      if (/couldn't find remote ref/.test(fetched.stderr))
        throw new UserError(`${repository} has no branch ${branch}`);
      throw this.#refused('fetch', fetched);
    }
    const commit = (await this.#git(['rev-parse', from], signal)).trim();
    return { commit, text: await this.#show(commit, file, signal) };
  }

  /** The commits between two, oldest first, that touched the file; nothing where `since` is no ancestor. */
  async between(since: string, until: string, signal?: AbortSignal): Promise<readonly Version[] | undefined> {
    if ((await this.#run(['merge-base', '--is-ancestor', since, until], signal)).code !== 0) return undefined;
    const list = await this.#git(
      ['rev-list', '--reverse', `${since}..${until}`, '--', this.#at.file],
      signal,
    );
    const commits = list.split('\n').filter(Boolean);
    return Promise.all(
      commits.map(async (commit) => ({ commit, text: await this.#show(commit, this.#at.file, signal) })),
    );
  }

  /**
   * Commits the file with another text on top of `parent` and pushes it. Undefined where somebody else pushed in between: nothing of
   * theirs is ever overwritten.
   */
  async push(
    parent: string,
    text: string,
    message: string,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    const { branch, file } = this.#at;
    const index = { GIT_INDEX_FILE: join(this.#folder, `index-${randomBytes(4).toString('hex')}`) };
    const mode = (await this.#git(['ls-tree', parent, '--', file], signal)).split(' ')[0] as string;
    const blob = (await this.#git(['hash-object', '-w', '--stdin'], signal, { stdin: text })).trim();
    await this.#git(['read-tree', parent], signal, { env: index });
    await this.#git(['update-index', '--cacheinfo', `${mode},${blob},${file}`], signal, { env: index });
    const tree = (await this.#git(['write-tree', '--missing-ok'], signal, { env: index })).trim();
    const made = await this.#git(['commit-tree', tree, '-p', parent, '-F', '-'], signal, { stdin: message });
    const commit = made.trim();
    const pushed = await this.#run(
      ['push', '--porcelain', 'origin', `${commit}:refs/heads/${branch}`],
      signal,
    );
    if (pushed.code === 0) return commit;
    // the second kind: two pushes reached the server in the same moment
    if (
      /\((fetch first|non-fast-forward|stale info)\)|cannot lock ref|failed to update ref|reference already exists/.test(
        pushed.stdout + pushed.stderr,
      )
    )
      return undefined;
    throw this.#refused('push', pushed);
  }

  async #show(commit: string, file: string, signal: AbortSignal | undefined): Promise<string> {
    const shown = await this.#run(['cat-file', 'blob', `${commit}:${file}`], signal);
    if (shown.code === 0) return shown.stdout;
    if (/does not exist|Not a valid object name|bad file/i.test(shown.stderr))
      throw new UserError(`${this.#at.repository} has no file ${file} on branch ${this.#at.branch}`);
    throw this.#refused('fetch', shown);
  }

  async #git(
    argv: readonly string[],
    signal?: AbortSignal,
    more: { stdin?: string; env?: Env } = {},
  ): Promise<string> {
    const result = await this.#run(argv, signal, more);
    if (result.code !== 0) throw this.#refused(argv[0] as string, result);
    return result.stdout;
  }

  async #run(
    argv: readonly string[],
    signal?: AbortSignal,
    more: { stdin?: string; env?: Env } = {},
  ): Promise<RunResult> {
    const { env, workspace, timeoutMs = 120_000 } = this.#options;
    const result = await run(['git', ...(argv[0] === 'init' ? [] : ['--git-dir', this.#folder]), ...argv], {
      cwd: workspace,
      env: {
        ...env,
        ...identity(env),
        ...login(env, this.#at.repository),
        GIT_TERMINAL_PROMPT: '0',
        LC_ALL: 'C',
        ...more.env,
      },
      timeoutMs,
      ...(signal ? { signal } : {}),
      ...(more.stdin === undefined ? {} : { stdin: more.stdin }),
    });
    signal?.throwIfAborted();
    return result;
  }

  #refused(what: string, { tail, timedOut }: RunResult): SystemError {
    const said = timedOut
      ? 'it did not answer in time'
      : tail.filter(Boolean).slice(-3).join('; ') || 'it said nothing';
    return new SystemError(
      `git ${what} with ${this.#at.repository} failed: ${said}. Where it asks for a login, set GITOPS_TOKEN or a credential helper of git`,
    );
  }
}

const folders = new Set<string>();

function removedAtExit(folder: string): void {
  if (folders.size === 0)
    process.once('exit', () => {
      for (const each of folders) rmSync(each, { recursive: true, force: true });
    });
  folders.add(folder);
}

/** Whoever commits is named in git's own configuration or environment; a runner has neither. */
function identity(env: Env): Env {
  const name = env['GIT_AUTHOR_NAME'] ?? 'Sluice';
  const email = env['GIT_AUTHOR_EMAIL'] ?? 'sluice@localhost';
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: env['GIT_COMMITTER_NAME'] ?? name,
    GIT_COMMITTER_EMAIL: env['GIT_COMMITTER_EMAIL'] ?? email,
  };
}

/** A token goes to the server it is for, in git's environment: no other process of the machine can read it there. */
function login(env: Env, repository: string): Env {
  const token = env['GITOPS_TOKEN'];
  const server = /^https?:\/\/[^/]+\//.exec(repository)?.[0];
  if (!token || !server) return {};
  const basic = Buffer.from(`${env['GITOPS_USERNAME'] || 'x-access-token'}:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${server}.extraheader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}
