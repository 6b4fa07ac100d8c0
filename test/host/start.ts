import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandFile, readDotenv } from '@sluice/host/testing';

const MAIN = join(import.meta.dirname, 'fixture', 'main.ts');

/** Folders and files of one job, as a runner makes them. */
export interface Job {
  readonly folder: string;
  readonly github: Record<string, string>;
  readonly gitlab: Record<string, string>;
  readonly cli: Record<string, string>;
  githubOutputs(): Map<string, string>;
  gitlabOutputs(): Map<string, string>;
  dispose(): void;
}

export function newJob(): Job {
  const folder = mkdtempSync(join(tmpdir(), 'job-'));
  const file = (name: string) => join(folder, name);
  const base = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, NO_COLOR: '1' };
  for (const name of ['output', 'summary']) writeFileSync(file(name), '');
  return {
    folder,
    cli: base,
    github: {
      ...base,
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
    },
    gitlab: { ...base, GITLAB_CI: 'true', CI_PROJECT_DIR: folder, CI_JOB_ID: '7' },
    githubOutputs: () => readCommandFile(readFileSync(file('output'), 'utf8')),
    gitlabOutputs: () => readDotenv(readFileSync(file('sluice.env'), 'utf8')),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly ended: Promise<Ended>;
  /** Resolves when the program has printed a text. */
  printed(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the fixture as a runner starts an action: a process of its own with nothing but the job's environment. */
export function startFixture(
  job: Job,
  env: Record<string, string>,
  argv: readonly string[] = [],
  main: string = MAIN,
): Started {
  const child = spawn(process.execPath, [main, ...argv], { cwd: job.folder, env });
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; resolve: () => void }[] = [];
  const look = () => {
    for (const { text, resolve } of waiting) if ((stdout + stderr).includes(text)) resolve();
  };
  child.stdout.on('data', (bytes) => {
    stdout += bytes;
    look();
  });
  child.stderr.on('data', (bytes) => {
    stderr += bytes;
    look();
  });
  return {
    ended: new Promise((resolve) => child.once('close', (exit) => resolve({ exit, stdout, stderr }))),
    printed: (text) =>
      new Promise((resolve) => {
        waiting.push({ text, resolve });
        look();
      }),
    kill: (signal) => child.kill(signal),
  };
}

export const runFixture = (job: Job, env: Record<string, string>, argv?: readonly string[]) =>
  startFixture(job, env, argv).ended;
