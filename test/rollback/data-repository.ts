import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type PythonEnvironment, pythonEnvironment, run } from '@sluice/process';

/** A checkout whose data and model lie in DVC, with two commits of them, as a runner has it: its cache is empty. */
export class DataRepository implements AsyncDisposable {
  readonly root: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #dvc: PythonEnvironment;
  /** The commits of both versions. */
  commits: readonly string[] = [];

  private constructor(root: string, dvc: PythonEnvironment, env: NodeJS.ProcessEnv) {
    this.root = root;
    this.folder = join(root, 'checkout');
    this.#dvc = dvc;
    this.env = env;
  }

  /** `remote` is a URL, or a folder beside the checkout; `settings` go into DVC's configuration of it. */
  static async open(
    remote: string,
    more: {
      readonly env?: Readonly<Record<string, string>>;
      readonly settings?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<DataRepository> {
    const root = await mkdtemp(join(tmpdir(), 'sluice-data-'));
    const dvc = await pythonEnvironment({
      name: 'DVC',
      requirements: [remote.startsWith('s3:') ? 'dvc[s3]==3.67.*' : 'dvc==3.67.*'],
    });
    const env = {
      // the package index of this machine is known by them
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'Ada',
      GIT_AUTHOR_EMAIL: 'ada@example.org',
      GIT_COMMITTER_NAME: 'Ada',
      GIT_COMMITTER_EMAIL: 'ada@example.org',
      ...more.env,
    };
    const made = new DataRepository(root, dvc, env);
    await mkdir(made.folder);
    await made.git('init', '-q', '-b', 'main');
    await made.dvc('init', '-q');
    await made.dvc('remote', 'add', '-q', '-d', 'store', remote);
    for (const [key, value] of Object.entries(more.settings ?? {}))
      await made.dvc('remote', 'modify', '-q', 'store', key, value);
    const commits: string[] = [];
    for (const version of [1, 2]) {
      for (const [name, text] of Object.entries(filesOf(version))) await made.write(name, text);
      await made.dvc('add', '-q', 'data/train.jsonl', 'model');
      await made.git('add', '-A');
      await made.git('commit', '-q', '-m', `version ${version}`);
      await made.dvc('push', '-q');
      commits.push(await made.git('rev-parse', 'HEAD'));
    }
    await rm(join(made.folder, '.dvc', 'cache'), { recursive: true });
    return Object.assign(made, { commits });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.folder, name)), { recursive: true });
    await writeFile(join(this.folder, name), text);
  }

  /** Which version of its files is there; 0 where they are mixed. */
  async version(): Promise<number> {
    for (const version of [1, 2]) {
      const all = Object.entries(filesOf(version)).map(
        async ([name, text]) => (await readFile(join(this.folder, name), 'utf8').catch(() => '')) === text,
      );
      if ((await Promise.all(all)).every(Boolean)) return version;
    }
    return 0;
  }

  async git(...argv: string[]): Promise<string> {
    return this.#run(['git', ...argv], this.env);
  }

  async dvc(...argv: string[]): Promise<string> {
    return this.#run([this.#dvc.python, '-m', 'dvc', ...argv], {
      ...this.env,
      ...this.#dvc.env,
      DVC_NO_ANALYTICS: '1',
    });
  }

  async #run(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
    const { code, stdout, tail } = await run(argv, { cwd: this.folder, env });
    if (code !== 0) throw new Error(`${argv.join(' ')}\n${tail.join('\n')}`);
    return stdout.trim();
  }
}

const filesOf = (version: number): Readonly<Record<string, string>> => ({
  'data/train.jsonl': `{"text": "version ${version}"}\r\n`.repeat(100 * version),
  'model/adapter.safetensors': `weights of ${version}`.repeat(1000),
  'model/vocab/ünïcode 模型.txt': `words of ${version}`,
  // the first version alone has it
  ...(version === 1 ? { 'model/old.txt': 'old' } : {}),
});
