import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, type Job, type Started, startFixture } from './start.ts';

const MAIN = join(import.meta.dirname, 'action-main.ts');

export interface StepEnded extends Ended {
  /** What a later step could read. */
  readonly outputs: ReadonlyMap<string, string>;
}

export interface Step extends Omit<Started, 'ended'> {
  readonly ended: Promise<StepEnded>;
}

type Given = Readonly<Record<string, string>>;

/** An action as a step of a GitHub job: a process of its own whose inputs are variables, as the runner names them. */
export function githubStep(job: Job, action: string, inputs: Given, env: Given = {}): Step {
  writeFileSync(job.github['GITHUB_OUTPUT'] as string, '');
  const given = prefixed('INPUT_', inputs, (name) => name.toUpperCase());
  const started = startFixture(job, { ...job.github, ...env, ...given }, [action], MAIN);
  return {
    ...started,
    ended: started.ended.then((ended) => ({ ...ended, outputs: job.githubOutputs() })),
  };
}

/** The same as a GitLab job. */
export function gitlabStep(job: Job, action: string, inputs: Given, env: Given = {}): Step {
  const report = join(job.folder, 'sluice.env');
  rmSync(report, { force: true });
  const given = prefixed('SLUICE_INPUT_', inputs, (name) => name.toUpperCase().replaceAll('-', '_'));
  const started = startFixture(job, { ...job.gitlab, ...env, ...given }, [action], MAIN);
  const outputs = () => (existsSync(report) ? job.gitlabOutputs() : new Map<string, string>());
  return { ...started, ended: started.ended.then((ended) => ({ ...ended, outputs: outputs() })) };
}

const prefixed = (prefix: string, inputs: Given, name: (text: string) => string) =>
  Object.fromEntries(Object.entries(inputs).map(([key, value]) => [prefix + name(key), value]));
