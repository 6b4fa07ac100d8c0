import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { openRecord } from '@sluice/record';
import { openStore } from '@sluice/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { localPipeline } from '../../demo/pipeline/local.ts';
import { Screen } from '../../demo/show/screen.ts';
import { output, pipeline } from '../../demo/stories/story.ts';
import { createWorld, type World } from '../../demo/world/world.ts';

const PLAN = '20@2s,100@2s';
const CHILD = join(import.meta.dirname, '..', '..', 'workflows-examples', 'gitlab', 'child-pipeline');

const stack = new AsyncDisposableStack();
const leave = new AbortController();
let world: World;

beforeAll(async () => {
  const log = new Writable({ write: (text, _, done) => done(void process.stdout.write(text)) });
  world = await createWorld(stack, new Screen(log as NodeJS.WriteStream), leave.signal, {
    mlflow: false,
    images: true,
    plan: PLAN,
  });
});
afterAll(async () => {
  await stack.disposeAsync();
});

const learns = { 'config/lora.yaml': (text: string) => text.replace('seed: 0', 'seed: 1') };
const learnsNothing = {
  'config/lora.yaml': (text: string) =>
    text.replace('learning-rate: 5e-3', 'learning-rate: 1e-5').replace('steps: 150', 'steps: 20'),
};

/** The jobs that a pipeline of this source would have: name and when. */
async function jobsOf(
  source: string,
  more: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<Record<string, string>> {
  const { log } = await pipeline(world, {
    jobs: [...more, '--list-csv'],
    variables: { ...variables, CI_PIPELINE_SOURCE: source },
  });
  const [head, ...rows] = log.slice(log.indexOf('name;')).split('\n');
  const when = (head as string).split(';').indexOf('when');
  return Object.fromEntries(
    rows.filter((row) => row.includes(';')).map((row) => [row.split(';')[0], row.split(';')[when]]),
  );
}

/** Kinds of the statements that a record holds. */
async function statements(ref: string): Promise<string[]> {
  const store = await openStore({ workspace: world.folder, env: world.variables });
  const record = await openRecord(ref as never, store);
  return record.statements.map(({ statement }) => statement.predicateType);
}

describe('which jobs there are', () => {
  it('code alone where no file of the model changed', async () => {
    await world.project.change('code', 'A comment', { 'src/prompt.py': (text) => `${text}\n# checked\n` });
    expect(await jobsOf('push')).toEqual({ 'lint-and-unit': 'on_success' });
  });

  it('all of them where one did; ticks on a schedule; promote and rollback by hand', async () => {
    await world.project.change('good', 'It learns', learns);
    expect(Object.keys(await jobsOf('push'))).toEqual(
      ['lint-and-unit', 'lora-train', 'eval-gate', 'build-vllm-image', 'smoke-test', 'canary-step'].filter(
        (job) => world.images || job !== 'build-vllm-image',
      ),
    );
    expect(await jobsOf('schedule')).toEqual({ tick: 'on_success' });
    expect(await jobsOf('schedule', [], { WEEKLY: 'true' })).toEqual({ drill: 'on_success' });
    expect(await jobsOf('web')).toEqual({ promote: 'manual', rollback: 'manual' });
  });
});

describe('the pipeline', () => {
  let run = '';

  it('takes an approved model from the commit to all users; what crossed the jobs is one run and one record', async () => {
    await world.project.change('good', 'It learns', learns);
    const result = await pipeline(world);
    expect(result.exit, result.log).toBe(0);
    run = output(result, 'lora-train', 'LORA_TRAIN_RUN_ID');
    for (const job of ['eval-gate', 'smoke-test', 'canary-step'])
      expect(output(result, job, `${job.toUpperCase().replaceAll('-', '_')}_RUN_ID`)).toBe(run);
    expect(output(result, 'eval-gate', 'EVAL_GATE_DECISION')).toBe('approve');
    expect(JSON.parse(output(result, 'eval-gate', 'EVAL_GATE_METRICS'))).toMatchObject({});
    if (world.images)
      expect(output(result, 'build-vllm-image', 'BUILD_VLLM_IMAGE_IMAGE')).toMatch(
        /^127\.0\.0\.1:\d+\/capitals@sha256:[0-9a-f]{64}$/,
      );
    expect(output(result, 'smoke-test', 'SMOKE_TEST_HEALTHY')).toBe('true');
    expect(result.jobs.get('canary-step')?.outputs).toMatchObject({
      CANARY_STEP_DECISION: 'complete',
      CANARY_STEP_WEIGHT: '100',
      CANARY_STEP_DEPLOY: 'true',
    });
    expect(await world.gateway.router.weight()).toBe(100);
    expect(world.users.lost).toEqual([]);
    // each step added its statement to the record that the step before handed on
    const before = await statements(output(result, 'lora-train', 'LORA_TRAIN_RECORD'));
    const after = await statements(output(result, 'canary-step', 'CANARY_STEP_RECORD'));
    expect(before.length).toBeLessThan(after.length);
    expect(new Set(after).size).toBeGreaterThanOrEqual(3);
    // jobs had homes of their own: nothing was left in the runner's
    expect(existsSync(join(world.folder, 'runner', '.cache'))).toBe(false);
  });

  it('a scheduled tick needs nothing but its target', async () => {
    const result = await pipeline(world, { jobs: ['tick'], variables: { CI_PIPELINE_SOURCE: 'schedule' } });
    expect(result.exit, result.log).toBe(0);
    expect(result.jobs.get('tick')?.outputs).toMatchObject({ TICK_DECISION: 'none', TICK_RUN_ID: run });
  });

  it('a weekly drill of the live run goes to the old version and comes back', async () => {
    const variables = { CI_PIPELINE_SOURCE: 'schedule', WEEKLY: 'true' };
    const result = await pipeline(world, { jobs: ['drill'], variables });
    expect(result.exit, result.log).toBe(0);
    expect(result.jobs.get('drill')?.outputs).toMatchObject({
      DRILL_ROLLED_BACK: 'true',
      DRILL_VERIFIED: 'true',
      DRILL_RUN_ID: run,
    });
    expect(await world.gateway.router.weight()).toBe(100);
  });

  it('a gate that says no stops the deploy: no image, no server, no user', async () => {
    await world.project.change('bad', 'It learns nothing', learnsNothing);
    const result = await pipeline(world);
    expect(output(result, 'eval-gate', 'EVAL_GATE_DECISION')).toBe('reject');
    const exits = Object.fromEntries([...result.jobs].map(([name, { exit }]) => [name, exit]));
    expect(exits).toEqual({
      'lint-and-unit': 0,
      'lora-train': 0,
      'eval-gate': 3,
      ...(world.images ? { 'build-vllm-image': 3 } : {}),
      'smoke-test': 10,
      'canary-step': 3,
    });
    expect(result.exit, result.log).toBe(0);
    expect(await world.gateway.router.weight()).toBe(100);
  });
});

describe('the pipeline with a child', () => {
  /** The variant's two files in place of the pipeline, as a commit of their own. */
  const useChild = async () => {
    for (const name of ['.gitlab-ci.yml', 'deploy.gitlab-ci.yml'])
      await writeFile(
        join(world.project.folder, name),
        localPipeline(await readFile(join(CHILD, name), 'utf8'), { plan: PLAN, image: true }),
      );
    await world.project.git('add', '-A');
    await world.project.git('commit', '-q', '-m', 'Deploy by a child pipeline');
  };

  /** What GitLab hands to the child: gitlab-ci-local passes a trigger's variables on as they are written. */
  const handedOn = async (outputs: Readonly<Record<string, string>>): Promise<Record<string, string>> => {
    const { deploy } = parse(await readFile(join(CHILD, '.gitlab-ci.yml'), 'utf8'), { logLevel: 'silent' });
    const variables = Object.entries(deploy.variables as Record<string, string>);
    return Object.fromEntries(
      variables.map(([name, value]) => [
        name,
        value.replace(/^\$(\w+)$/, (_, from) => outputs[from] ?? value),
      ]),
    );
  };
  const child = ['--file', 'deploy.gitlab-ci.yml'];

  it('has no deploy job where the gate says no, and deploys what it approved', async () => {
    await world.project.change('child', 'It learns', learns);
    await useChild();
    const parent = await pipeline(world, { jobs: ['eval-gate', '--needs'] });
    expect(parent.exit, parent.log).toBe(0);
    const handed = await handedOn(parent.jobs.get('eval-gate')?.outputs ?? {});
    expect(handed).toMatchObject({
      APPROVED: 'true',
      RUN_ID: output(parent, 'lora-train', 'LORA_TRAIN_RUN_ID'),
    });

    expect(await jobsOf('parent_pipeline', child, { ...handed, APPROVED: 'false' })).toEqual({
      'nothing-to-deploy': 'on_success',
    });
    const { jobs, exit, log } = await pipeline(world, {
      jobs: child,
      variables: { ...handed, CI_PIPELINE_SOURCE: 'parent_pipeline' },
    });
    expect(exit, log).toBe(0);
    expect([...jobs.keys()]).toEqual(['smoke-test', 'canary-step']);
    expect(jobs.get('canary-step')?.outputs).toMatchObject({
      CANARY_STEP_DECISION: 'complete',
      CANARY_STEP_RUN_ID: handed.RUN_ID,
    });
    expect(world.users.lost).toEqual([]);
  });
});
