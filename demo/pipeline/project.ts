import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '@sluice/process';
import { installPipelines, type LocalOptions } from './local.ts';

const EXAMPLE = join(dirname(import.meta.dirname), 'project');

/** The user's repository, with a bare one as its origin. */
export class Project {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = env;
  }

  /** Copies the example project with its pipelines, commits it as `main` and pushes it to an origin beside it. */
  static async create(folder: string, options: LocalOptions): Promise<Project> {
    const env = {
      ...process.env,
      HOME: dirname(folder),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_AUTHOR_NAME: 'A developer',
      GIT_AUTHOR_EMAIL: 'developer@example.org',
      GIT_COMMITTER_NAME: 'A developer',
      GIT_COMMITTER_EMAIL: 'developer@example.org',
    };
    await mkdir(folder, { recursive: true });
    const project = new Project(folder, env);
    await cp(EXAMPLE, folder, { recursive: true });
    for (const left of ['sluice-report', 'src/__pycache__', 'tests/unit/__pycache__'])
      await rm(join(folder, left), { recursive: true, force: true });
    await installPipelines(folder, options);
    const origin = join(dirname(folder), 'group', 'capitals.git');
    await mkdir(dirname(origin), { recursive: true });
    await project.git('init', '-q', '-b', 'main');
    await project.#commit('The project as it is');
    await project.git('init', '-q', '--bare', '-b', 'main', origin);
    await project.git('remote', 'add', 'origin', origin);
    await project.git('push', '-q', '-u', 'origin', 'main');
    return project;
  }

  async git(...argv: string[]): Promise<string> {
    const done = await run(['git', ...argv], { cwd: this.folder, env: this.#env });
    if (done.code !== 0) throw new Error(`git ${argv.join(' ')}: ${done.tail.join('\n')}`);
    return done.stdout.trim();
  }

  /** A change on a branch of its own, from main; it is what the next pipeline runs for. */
  async change(
    branch: string,
    message: string,
    files: Readonly<Record<string, (text: string) => string>>,
  ): Promise<void> {
    await this.git('switch', '-q', '-C', branch, 'main');
    for (const [name, edit] of Object.entries(files)) {
      const path = join(this.folder, name);
      const before = await readFile(path, 'utf8');
      const after = edit(before);
      if (after === before) throw new Error(`the change '${message}' changes nothing in ${name}`);
      await writeFile(path, after);
    }
    await this.#commit(message);
  }

  async #commit(message: string): Promise<void> {
    await this.git('add', '-A');
    await this.git('commit', '-q', '-m', message);
  }
}
