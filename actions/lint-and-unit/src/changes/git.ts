import type { Host } from '@sluice/host';
import { type RunResult, run } from '@sluice/process';

/** Git in the workspace, without a prompt and without trusting what the repository's owner is. */
export class Git {
  readonly #host: Host;
  readonly #mayFetch: boolean;

  /** A dry run may not fetch: that would write into the clone. */
  constructor(host: Host, options: { readonly mayFetch: boolean }) {
    this.#host = host;
    this.#mayFetch = options.mayFetch;
  }

  /** What git says, or undefined where it fails. */
  async ask(...args: string[]): Promise<string | undefined> {
    const result = await this.#run(args, 60_000);
    return result.code === 0 ? result.stdout : undefined;
  }

  /** The full hash of a commit that is here; undefined where it is not. */
  async commit(name: string): Promise<string | undefined> {
    return (
      (await this.ask('rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`))?.trim() ||
      undefined
    );
  }

  /** Fetches one commit, tag or branch without its history, and gives its hash. */
  async fetch(name: string): Promise<string | undefined> {
    const remote = await this.#remote();
    if (!this.#mayFetch || remote === undefined) return undefined;
    const result = await this.#run(
      ['fetch', '--quiet', '--no-tags', '--depth=1', '--end-of-options', remote, name],
      120_000,
    );
    return result.code === 0 ? this.commit('FETCH_HEAD') : undefined;
  }

  /** Names of the tags of the remote, else of this clone. */
  async tags(): Promise<string[]> {
    const remote = await this.#remote();
    const listed =
      remote && (await this.ask('ls-remote', '--quiet', '--tags', '--refs', '--end-of-options', remote));
    if (listed) return listed.split('\n').flatMap((line) => line.split('refs/tags/')[1] ?? []);
    return ((await this.ask('tag', '--list')) ?? '').split('\n').filter((tag) => tag !== '');
  }

  /** Paths that differ between two commits, from the root of the repository; a moved file under both names. */
  async changed(from: string, to: string): Promise<string[] | undefined> {
    const names = await this.ask(
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      from,
      to,
      '--',
    );
    return names?.split('\0').filter((name) => name !== '');
  }

  /** The first remote, usually `origin`; undefined for a folder that was never cloned. */
  async #remote(): Promise<string | undefined> {
    return (await this.ask('remote'))?.split('\n').find((name) => name !== '');
  }

  #run(args: readonly string[], timeoutMs: number): Promise<RunResult> {
    const { workspace, env, signal } = this.#host;
    // a container's user is often not the owner of the checkout
    return run(['git', '-c', `safe.directory=${workspace}`, '-c', 'core.quotepath=off', ...args], {
      cwd: workspace,
      env: { ...env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0' },
      timeoutMs,
      signal,
    });
  }
}
