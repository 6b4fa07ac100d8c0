import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@sluice/process';

const ENV = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

/** A repository on a server, and a person's clone of it. */
export class DeployRepository implements AsyncDisposable {
  readonly folder: string;
  /** What a step pushes to. */
  readonly server: string;
  readonly env: NodeJS.ProcessEnv = ENV;

  private constructor(folder: string) {
    this.folder = folder;
    this.server = join(folder, 'server.git');
  }

  static async open(files: Readonly<Record<string, string>>): Promise<DeployRepository> {
    const made = new DeployRepository(await mkdtemp(join(tmpdir(), 'sluice-deploy-')));
    await made.git(['init', '--bare', '-q', '-b', 'main', made.server], made.folder);
    await made.git(['clone', '-q', made.server, 'clone'], made.folder);
    await made.commit(files);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  async git(argv: readonly string[], cwd = join(this.folder, 'clone')): Promise<string> {
    const { code, stdout, tail } = await run(['git', ...argv], { cwd, env: ENV });
    if (code !== 0) throw new Error(tail.join('\n'));
    return stdout.trim();
  }

  /** A person's commit on top of whatever is there. */
  async commit(files: Readonly<Record<string, string>>, message = 'by hand'): Promise<string> {
    if ((await this.git(['ls-remote', '--heads', 'origin'])) !== '')
      await this.git(['pull', '-q', '--rebase', 'origin', 'main']);
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.folder, 'clone', name), text);
    await this.git(['add', '-A']);
    await this.git(['commit', '-q', '-m', message]);
    await this.git(['push', '-q', 'origin', 'HEAD:main']);
    return this.git(['rev-parse', 'HEAD']);
  }

  /** The file on the server. */
  file(name: string): Promise<string> {
    return this.git(['--git-dir', this.server, 'show', `main:${name}`]);
  }

  async log(): Promise<string[]> {
    return (await this.git(['--git-dir', this.server, 'log', '--format=%s', 'main'])).split('\n');
  }

  /** A shell script that the server runs before it takes a push. */
  async beforePush(script: string): Promise<void> {
    const hook = join(this.server, 'hooks', 'pre-receive');
    await writeFile(hook, `#!/bin/sh\n${script}\n`);
    await chmod(hook, 0o755);
  }
}
