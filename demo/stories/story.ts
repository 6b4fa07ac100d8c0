import { join } from 'node:path';
import type { GithubProject } from '../pipeline/github.ts';
import { runPipeline } from '../pipeline/gitlab.ts';
import type { PipelineResult } from '../pipeline/result.ts';
import type { Step } from '../show/screen.ts';
import { BUSY, CALM, type World } from '../world/world.ts';

/** How a story ended, beside how it had to end. */
export interface Ending {
  readonly title: string;
  readonly expected: string;
  readonly happened: string;
  /** What differs from what was expected; empty where nothing does. */
  readonly wrong: readonly string[];
  /** Names and values for the report. */
  readonly facts: readonly (readonly [string, string])[];
}

export interface Story {
  readonly title: string;
  readonly expected: string;
  tell(world: World): Promise<Omit<Ending, 'title' | 'expected'>>;
}

/** Runs the project's pipeline and shows each job as a step; users come in numbers while a canary needs them. */
export async function pipeline(
  { project, screen, users, sluice, folder, variables, signal }: World,
  options: { readonly jobs?: readonly string[]; readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<PipelineResult> {
  const steps = new Map<string, { step: Step; last: string }>();
  const result = await runPipeline({
    project: project.folder,
    home: join(folder, 'runner'),
    sluice,
    variables: { ...variables, ...options.variables },
    ...(options.jobs ? { jobs: options.jobs } : {}),
    signal,
    onJob: (event) => {
      const { job } = event;
      if (event.kind === 'began') {
        steps.set(job, { step: screen.step(job), last: '' });
        users.rate = job.startsWith('canary') ? BUSY : job === 'rollback' ? BUSY / 2 : CALM;
        return;
      }
      const at = steps.get(job);
      if (!at) return;
      if (event.kind === 'said') {
        if (event.text.trim() === '') return;
        at.last = event.text.trim();
        at.step.now(at.last);
      } else {
        users.rate = CALM;
        at.step.end(
          event.exit === 0 ? 'done' : event.exit === 3 || event.exit === 10 ? 'refused' : 'failed',
          at.last,
        );
      }
    },
  }).finally(() => {
    users.rate = CALM;
    for (const { step } of steps.values()) step.end('failed', 'interrupted');
  });
  return result;
}

/** Makes a change of the project and runs its pipeline, on the CI host that was asked for. */
export async function push(
  world: World,
  branch: string,
  message: string,
  files: Readonly<Record<string, (text: string) => string>>,
): Promise<PipelineResult> {
  if (!world.github) {
    await world.project.change(branch, message, files);
    return pipeline(world);
  }
  await world.github.change(message, files);
  return onGithub(world, 'pipeline.yml', (github) => github.push());
}

/** Runs the drill of a rollback of the run that is live. */
export async function rollbackDrill(world: World, runId: string): Promise<PipelineResult> {
  if (world.github) return onGithub(world, 'rollback.yml', (github) => github.drill());
  await world.project.git('switch', '-q', 'main');
  return pipeline(world, {
    jobs: ['rollback'],
    variables: { CI_PIPELINE_SOURCE: 'web', RUN_ID: runId, REASON: 'the drill of this month', DRILL: 'true' },
  });
}

/** act tells what jobs did when all is over, so users come in numbers the whole time. */
async function onGithub(
  { github, screen, users }: World,
  workflow: string,
  work: (github: GithubProject) => Promise<PipelineResult>,
): Promise<PipelineResult> {
  const step = screen.step(workflow);
  users.rate = BUSY / 2;
  try {
    const result = await work(github as GithubProject);
    step.end(result.exit === 0 ? 'done' : 'refused', `act, ${result.jobs.size} actions`);
    for (const { name, exit } of result.jobs.values())
      screen.say(`${name}: ${exit === 0 ? 'done' : 'not approved'}`);
    return result;
  } catch (error) {
    step.end('failed');
    throw error;
  } finally {
    users.rate = CALM;
  }
}

/** The value of a job's output, `-` where there is none. */
export const output = (result: PipelineResult, job: string, name: string): string =>
  result.jobs.get(job)?.outputs[name] ?? '-';

/** Collects what is not as it had to be. */
export class Check {
  readonly wrong: string[] = [];

  is(what: string, seen: unknown, wanted: unknown): void {
    if (seen !== wanted) this.wrong.push(`${what} is ${String(seen)}, not ${String(wanted)}`);
  }

  that(holds: boolean, otherwise: string): void {
    if (!holds) this.wrong.push(otherwise);
  }
}

/** The last lines of a pipeline that did not do what it should, for whoever looks into it. */
export function logOnTrouble(world: World, check: Check, result: PipelineResult): void {
  if (check.wrong.length === 0) return;
  for (const line of result.log.split('\n').slice(-25)) world.screen.say(line);
}
