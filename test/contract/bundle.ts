import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Definition } from '@sluice/contract';
import { outputPrefix, variableName } from '@sluice/contract/faces';
import { expand, obeyedCommands, readDotenv } from '@sluice/host/testing';
import { run } from '@sluice/process';
import { type Job, newJob } from '../host/start.ts';

const dist = join(dirname(dirname(import.meta.dirname)), 'dist');

export type HostName = 'github' | 'gitlab';
export type Given = Readonly<Record<string, string>>;

export interface Ended {
  readonly exit: number | null;
  /** stdout and stderr. */
  readonly log: string;
  /** Why it ended as it did, in the host's own form: the error that begins with its kind; '' where there is none. */
  readonly error: string;
  /** What a later step or job could read. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** A job of a runner, whose folder is all it has. */
export class RunnerJob {
  readonly #job: Job = newJob();

  get folder(): string {
    return this.#job.folder;
  }

  write(path: string, content: string | Uint8Array): string {
    const whole = join(this.folder, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, content);
    return path;
  }

  dispose(): void {
    this.#job.dispose();
  }

  /** Executes the bundle of an action as the host's runner does, with nothing but the job's environment. */
  async run(host: HostName, definition: Definition, given: Given): Promise<Ended> {
    this.write('event.json', '{}');
    for (const name of ['output', 'summary', 'state', 'env', 'path']) this.write(name, '');
    rmSync(join(this.folder, 'sluice.env'), { force: true });
    const names = host === 'github' ? githubName : variableName;
    const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [names(name), value]));
    const base = host === 'github' ? this.#github() : this.#job.gitlab;
    const ended = await run([process.execPath, join(dist, definition.name, 'index.js')], {
      cwd: this.folder,
      env: { ...base, SLUICE_CACHE_DIR: join(this.folder, 'cache'), ...inputs },
      timeoutMs: 120_000,
    });
    const log = `${ended.stdout}\n${ended.stderr}`;
    return {
      exit: ended.code,
      log,
      error: host === 'github' ? githubError(ended.stdout) : gitlabError(log),
      outputs: host === 'github' ? this.#job.githubOutputs() : this.#dotenv(definition),
    };
  }

  #github(): Record<string, string> {
    return {
      ...this.#job.github,
      GITHUB_EVENT_NAME: 'workflow_dispatch',
      GITHUB_EVENT_PATH: join(this.folder, 'event.json'),
      GITHUB_STATE: join(this.folder, 'state'),
      GITHUB_ENV: join(this.folder, 'env'),
      GITHUB_PATH: join(this.folder, 'path'),
      GITHUB_REPOSITORY: 'team/models',
      GITHUB_SERVER_URL: 'https://git.example.org',
      GITHUB_API_URL: 'https://git.example.org/api/v3',
      GITHUB_RUN_ID: '4711',
      RUNNER_OS: 'Linux',
    };
  }

  /** Output names again from the variables' names, which must be the declared ones and no others. */
  #dotenv(definition: Definition): Map<string, string> {
    const report = join(this.folder, 'sluice.env');
    if (!existsSync(report) || readFileSync(report, 'utf8') === '') return new Map();
    const byVariable = new Map(
      Object.keys(definition.outputs).map((name) => [outputPrefix(`${definition.name}-${name}`), name]),
    );
    const read = readDotenv(readFileSync(report, 'utf8'));
    return new Map([...read].map(([name, value]) => [byVariable.get(name) ?? name, expand(value, read)]));
  }
}

const githubName = (input: string) => `INPUT_${input.replaceAll(' ', '_').toUpperCase()}`;

const githubError = (stdout: string): string =>
  obeyedCommands(stdout).find(({ name, data }) => name === 'error' && KINDS.test(data))?.data ?? '';

const KINDS =
  /^(?:bad input|not approved|a system did not answer|your program failed|a fault of ours): [\s\S]*/m;
const gitlabError = (log: string): string => KINDS.exec(log)?.[0] ?? '';
