import { SystemError, UserError } from '@sluice/contract';
import { type RunResult, run } from '@sluice/process';

/** The files of one commit of the checkout, which may be a shallow one. */
export class CommitFiles {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #env: NodeJS.ProcessEnv;

  constructor(folder: string, env: NodeJS.ProcessEnv, signal: AbortSignal) {
    this.#folder = folder;
    this.#env = env;
    this.#signal = signal;
  }

  /** Brings a commit here where a shallow checkout lacks it. @throws UserError where there is no such commit */
  async have(commit: string): Promise<string> {
    if (!/^[0-9A-Za-z][\w./-]*$/.test(commit)) throw new UserError(`'${commit}' is no commit`);
    const known = await this.#git(['rev-parse', '--verify', '--quiet', `${commit}^{commit}`]);
    if (known.code === 0) return known.stdout.trim();
    const fetched = await this.#git(['fetch', '--quiet', '--depth', '1', 'origin', commit]);
    const now = await this.#git([
      'rev-parse',
      '--verify',
      '--quiet',
      `${fetched.code === 0 ? 'FETCH_HEAD' : commit}^{commit}`,
    ]);
    if (now.code !== 0)
      throw new UserError(
        `the commit ${commit} is not in this checkout and could not be fetched: ${fetched.tail.slice(-2).join('; ') || 'no remote'}`,
      );
    return now.stdout.trim();
  }

  /** The `.dvc` files and `dvc.lock`s of a commit below the folder, relative to it. */
  async pointers(commit: string): Promise<string[]> {
    const { stdout } = await this.#must(['ls-tree', '-r', '-z', '--name-only', commit, '.']);
    return stdout
      .split('\0')
      .filter((name) => /(^|\/)(.*[^/]\.dvc|dvc\.lock|dvc\.yaml)$/.test(name) && !name.startsWith('.dvc/'));
  }

  async read(commit: string, file: string): Promise<string> {
    return (await this.#must(['show', `${commit}:./${file}`])).stdout;
  }

  /** Whether git has this very text of a file, so that it is not lost where another takes its place. */
  async keeps(file: string): Promise<boolean> {
    const hash = (await this.#must(['hash-object', '--', file])).stdout.trim();
    return (await this.#git(['cat-file', '-e', hash])).code === 0;
  }

  async #must(argv: readonly string[]): Promise<RunResult> {
    const result = await this.#git(argv);
    if (result.code !== 0)
      throw new SystemError(`git ${argv[0]} in ${this.#folder} failed: ${result.tail.slice(-2).join('; ')}`);
    return result;
  }

  async #git(argv: readonly string[]): Promise<RunResult> {
    const result = await run(['git', ...argv], {
      cwd: this.#folder,
      env: { ...this.#env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' },
      signal: this.#signal,
      timeoutMs: 300_000,
    });
    this.#signal.throwIfAborted();
    return result;
  }
}
