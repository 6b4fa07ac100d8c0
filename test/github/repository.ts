import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort, run } from '@sluice/process';
import { instrumented } from './instrument.ts';

const root = dirname(dirname(import.meta.dirname));
const examples = join(root, 'workflows-examples', 'github');
const project = join(root, 'demo', 'project');

/** What a job saw of the jobs before it, and what its own steps gave out. */
export interface Seen {
  readonly needs: Readonly<Record<string, { result: string; outputs: Record<string, string> }>>;
  readonly steps: Readonly<Record<string, { outcome: string; outputs: Record<string, string> }>>;
}

export interface Ran {
  readonly exit: number | null;
  readonly log: string;
  /** The jobs that ran. */
  readonly jobs: Readonly<Record<string, Seen>>;
}

export interface RunOptions {
  readonly event: 'push' | 'schedule' | 'workflow_dispatch';
  /** Name of the file in `.github/workflows`. */
  readonly workflow: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Copies what a release commit keeps of an action: its manifest and `dist/`. Nothing else is needed to run. */
function release(folder: string): string[] {
  const names = readdirSync(join(root, 'actions'));
  for (const name of names) {
    mkdirSync(join(folder, 'actions', name), { recursive: true });
    cpSync(join(root, 'actions', name, 'action.yml'), join(folder, 'actions', name, 'action.yml'));
  }
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  return names;
}

/** A user's repository with the example workflows, and a runner beside it. */
export class Repository {
  readonly folder: string;
  readonly #act: string;
  /** Variables of the repository, as under Settings > Secrets and variables > Actions. */
  readonly #vars: Readonly<Record<string, string>>;
  readonly #env: NodeJS.ProcessEnv;
  readonly #actions: readonly string[];
  readonly #secrets: readonly string[];
  #pushed: string | undefined;

  /** `edit` stands in for what a user changes in the examples; it must change something in each file that it is for. */
  constructor(options: {
    readonly act: string;
    readonly folder: string;
    readonly vars: Readonly<Record<string, string>>;
    readonly env: NodeJS.ProcessEnv;
    /** Names of secrets; their values are in `env`. */
    readonly secrets?: readonly string[];
    readonly edit?: Readonly<Record<string, (text: string) => string>>;
  }) {
    this.folder = options.folder;
    this.#act = options.act;
    this.#vars = options.vars;
    this.#env = options.env;
    this.#secrets = options.secrets ?? [];
    this.#actions = release(join(options.folder, 'sluice'));
    cpSync(project, this.#checkout, {
      recursive: true,
      filter: (from) => !/__pycache__|sluice-report/.test(from),
    });
    for (const name of readdirSync(examples).filter((file) => file.endsWith('.yml'))) {
      const text = readFileSync(join(examples, name), 'utf8');
      const edited = options.edit?.[name]?.(text) ?? text;
      if (options.edit?.[name] && edited === text) throw new Error(`nothing to edit in ${name}`);
      this.workflow(name, edited);
    }
    this.#git('init', '-q', '-b', 'main');
    this.#git('remote', 'add', 'origin', 'https://github.com/lab/models.git');
    this.commit('The project as it is', {});
  }

  get #checkout(): string {
    return join(this.folder, 'checkout');
  }

  /** Adds or replaces a workflow. */
  workflow(name: string, text: string): void {
    const path = join(this.#checkout, '.github', 'workflows', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      instrumented(text, { jobs: join(this.folder, 'jobs'), seen: join(this.folder, 'seen') }),
    );
  }

  commit(message: string, files: Readonly<Record<string, (text: string) => string>>): void {
    for (const [name, edit] of Object.entries(files)) {
      const path = join(this.#checkout, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, edit(existsSync(path) ? readFileSync(path, 'utf8') : ''));
    }
    this.#git('add', '-A');
    this.#git('commit', '-q', '-m', message);
  }

  /** Runs a workflow to its end, on this repository's own `dist/`. */
  async run({ event, workflow, inputs = {} }: RunOptions): Promise<Ran> {
    const at = (name: string) => join(this.folder, name);
    rmSync(at('seen'), { recursive: true, force: true });
    mkdirSync(at('seen'), { recursive: true });
    const head = this.#git('rev-parse', 'HEAD');
    const before = this.#pushed ?? '0'.repeat(40);
    if (event === 'push') this.#pushed = head;
    writeFileSync(
      at('event.json'),
      JSON.stringify({
        repository: { default_branch: 'main' },
        inputs,
        ...(event === 'push' ? { before } : {}),
      }),
    );
    const result = await run(
      [
        this.#act,
        event,
        ...[
          '-W',
          `.github/workflows/${workflow}`,
          '--eventpath',
          at('event.json'),
          '--defaultbranch',
          'main',
        ],
        ...['ubuntu-latest', 'gpu', 'gateway'].flatMap((label) => ['-P', `${label}=-self-hosted`]),
        ...this.#actions.flatMap((name) => [
          '--local-repository',
          `your-org/sluice@${name}/v1=${at('sluice')}`,
        ]),
        ...Object.entries(this.#vars).flatMap(([name, value]) => ['--var', `${name}=${value}`]),
        ...this.#secrets.flatMap((name) => ['--secret', name]),
        ...['--cache-server-addr', '127.0.0.1', '--cache-server-port', String(await freePort())],
        ...['--artifact-server-addr', '127.0.0.1', '--artifact-server-port', String(await freePort())],
        ...['--cache-server-path', at('cache'), '--artifact-server-path', at('artifacts')],
        ...['--action-cache-path', at('actions')],
      ],
      {
        cwd: this.#checkout,
        env: {
          ...this.#env,
          PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
          HOME: at('runner'),
          XDG_CACHE_HOME: at('runner-cache'),
        },
        timeoutMs: 900_000,
      },
    );
    const jobs = readdirSync(at('seen'))
      .filter((name) => name.endsWith('.json'))
      .map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(at('seen'), name), 'utf8'))]);
    return { exit: result.code, log: result.stdout + result.stderr, jobs: Object.fromEntries(jobs) };
  }

  #git(...argv: string[]): string {
    const who = ['-c', 'user.name=A developer', '-c', 'user.email=developer@example.org'];
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' };
    return execFileSync('git', [...who, ...argv], { cwd: this.#checkout, encoding: 'utf8', env }).trim();
  }
}
