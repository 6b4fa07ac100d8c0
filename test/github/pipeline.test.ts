import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { actProgram } from '../parts/act.ts';
import type { Ran } from './repository.ts';
import { FEW, MANY, startWorld, type World } from './world.ts';

const act = await actProgram();
const MODEL = /^[A-Za-z0-9_-]{8,64}$/;

/** A gate that was skipped, and a step that is given its decision. */
const LOST = `on: push
jobs:
  gate:
    runs-on: ubuntu-latest
    outputs: { deploy: "\${{ steps.gate.outputs.deploy }}" }
    steps:
      - { id: gate, if: "\${{ false }}", run: echo skipped }
  canary:
    needs: gate
    runs-on: ubuntu-latest
    steps:
      - id: canary
        uses: your-org/sluice/actions/canary-step@canary-step/v1
        with: { target: "\${{ vars.ROUTER_TARGET }}", deploy: "\${{ needs.gate.outputs.deploy }}" }
`;

/** Half of the users to what the slot canary still serves. */
const AGAIN = `on: push
env: { SLUICE_STORE_URL: "\${{ vars.SLUICE_STORE_URL }}" }
jobs:
  canary:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - id: canary
        uses: your-org/sluice/actions/canary-step@canary-step/v1
        with:
          run-id: run-again-0001
          version: capitals-v1.0.0
          allow-unproven: allow.yaml
          target: "\${{ vars.ROUTER_TARGET }}"
          metrics: "\${{ vars.METRICS }}"
          plan: 50@1h
          policy: policy.yaml
`;

/** The outputs of a step, as the job's later steps saw them. */
const outputs = (ran: Ran, job: string, step: string): Record<string, string> => {
  expect(ran.jobs, ran.log.slice(-6000)).toHaveProperty(job);
  return ran.jobs[job]?.steps[step]?.outputs ?? {};
};

describe.skipIf(!act)('the example workflows, one after the other, on real parts', () => {
  let world: World;
  let runId: string;
  beforeAll(async () => {
    world = await startWorld(act as string, '1s');
  });
  afterAll(() => world?.[Symbol.asyncDispose]());

  // each stands on the one before it
  let broken = false;
  beforeEach(({ skip }) => skip(broken, 'the test before it failed'));
  afterEach(({ task }) => {
    broken ||= task.result?.state === 'fail';
  });

  it('a new model goes from the push to its first users, proven at every step', async () => {
    const ran = await world.repository.run({ event: 'push', workflow: 'pipeline.yml' });
    expect(ran.exit, ran.log.slice(-8000)).toBe(0);
    expect(Object.keys(ran.jobs).sort()).toEqual(['canary', 'code', 'image', 'model']);
    expect(outputs(ran, 'code', 'check')).toMatchObject({ passed: 'true', 'tests-failed': '0' });
    expect(ran.jobs['model']?.needs['code']?.outputs).toEqual({ 'model-affected': 'true' });

    const crossed = ran.jobs['canary']?.needs;
    runId = crossed?.['model']?.outputs['run-id'] ?? '';
    expect(runId).toMatch(MODEL);
    expect(crossed?.['model']?.outputs).toMatchObject({
      deploy: 'true',
      decision: 'approve',
      'model-version': 'capitals-v1.0.0',
    });
    expect(crossed?.['model']?.outputs['record']).toMatch(/#sha256=[0-9a-f]{64}$/);
    expect(crossed?.['image']?.outputs).toMatchObject({
      version: 'capitals-v1.0.0',
      image: expect.stringMatching(/^127\.0\.0\.1:\d+\/team\/capitals@sha256:[0-9a-f]{64}$/),
      record: expect.stringMatching(/#sha256=[0-9a-f]{64}$/),
    });
    expect(outputs(ran, 'canary', 'smoke')).toMatchObject({ healthy: 'true', 'failed-checks': '[]' });
    expect(outputs(ran, 'canary', 'canary')).toMatchObject({ 'run-id': runId, deploy: 'false' });
    expect(await world.gateway.router.weight()).toBeGreaterThan(0);
  });

  it('a person pauses it, a tick leaves it alone, the person lets it go on', async () => {
    const order = (command: string) =>
      world.repository.run({
        event: 'workflow_dispatch',
        workflow: 'promote.yml',
        inputs: { command, reason: 'a test', 'run-id': command === 'pause' ? runId : '' },
      });
    const paused = await order('pause');
    expect(paused.exit, paused.log.slice(-4000)).toBe(0);
    expect(outputs(paused, 'promote', 'order')).toMatchObject({ decision: 'paused', 'run-id': runId });
    const share = await world.gateway.router.weight();
    const tick = await world.repository.run({ event: 'schedule', workflow: 'canary.yml' });
    expect(outputs(tick, 'tick', 'canary')).toMatchObject({ decision: 'paused', weight: String(share) });
    const resumed = await order('resume');
    expect(resumed.exit, resumed.log.slice(-4000)).toBe(0);
    expect(outputs(resumed, 'promote', 'order')['decision']).not.toBe('paused');
  });

  it('scheduled ticks, which know their target alone, take it to all users', async () => {
    world.users.rate = MANY;
    const decisions: string[] = [];
    for (let left = 20; left > 0 && decisions.at(-1) !== 'complete'; left--) {
      const ran = await world.repository.run({ event: 'schedule', workflow: 'canary.yml' });
      expect(ran.exit, ran.log.slice(-4000)).toBe(0);
      decisions.push(outputs(ran, 'tick', 'canary')['decision'] ?? '');
    }
    world.users.rate = FEW;
    expect(decisions.at(-1)).toBe('complete');
    expect(decisions).toContain('advance');
    expect(await world.gateway.router.weight()).toBe(100);
    expect(world.users.of('capitals-v1.0.0').failed).toBe(0);
    expect(world.users.lost).toEqual([]);
  });

  it('the weekly drill goes to the old version and comes back', async () => {
    const ran = await world.repository.run({ event: 'schedule', workflow: 'rollback.yml' });
    expect(ran.exit, ran.log.slice(-4000)).toBe(0);
    expect(Object.keys(ran.jobs)).toEqual(['drill']);
    expect(outputs(ran, 'drill', 'drill')).toMatchObject({ 'rolled-back': 'true', verified: 'true' });
    expect(await world.gateway.router.weight()).toBe(100);
  });

  it('a change that the model is not made of ends after the first layer', async () => {
    world.repository.commit('A comment', { 'src/prompt.py': (text) => `${text}\n# the end\n` });
    const ran = await world.repository.run({ event: 'push', workflow: 'pipeline.yml' });
    expect(ran.exit, ran.log.slice(-4000)).toBe(0);
    expect(Object.keys(ran.jobs)).toEqual(['code']);
    expect(outputs(ran, 'code', 'check')['model-affected']).toBe('false');
  });

  it('a model that the gate rejects is built into no image and gets no users', async () => {
    world.repository.commit('Learn very slowly', {
      'config/lora.yaml': (text) =>
        text.replace('learning-rate: 5e-3', 'learning-rate: 1e-5').replace('steps: 150', 'steps: 30'),
    });
    const ran = await world.repository.run({ event: 'push', workflow: 'pipeline.yml' });
    expect(ran.exit).not.toBe(0);
    expect(ran.log).toMatch(/not approved: /);
    expect(Object.keys(ran.jobs).sort()).toEqual(['code', 'model']);
    expect(outputs(ran, 'model', 'gate')).toMatchObject({
      deploy: 'false',
      decision: 'reject',
      'model-version': 'none',
    });
    expect(JSON.parse(outputs(ran, 'model', 'gate')['failed-gates'] ?? '')).toHaveLength(2);
    expect(await world.gateway.router.weight()).toBe(100);
  });

  it('a rollback by hand takes the users back from the run that is named, and from no other', async () => {
    const back = (run: string) =>
      world.repository.run({
        event: 'workflow_dispatch',
        workflow: 'rollback.yml',
        inputs: { 'run-id': run, reason: 'a test' },
      });
    const other = await back('another-run');
    expect(other.exit, other.log.slice(-4000)).toBe(0);
    expect(outputs(other, 'rollback', 'back')['rolled-back']).toBe('false');
    expect(await world.gateway.router.weight()).toBe(100);
    const done = await back(runId);
    expect(done.exit, done.log.slice(-4000)).toBe(0);
    expect(outputs(done, 'rollback', 'back')).toMatchObject({
      'rolled-back': 'true',
      verified: 'true',
      'from-version': 'capitals-v1.0.0',
    });
    expect(await world.gateway.router.weight()).toBe(0);
  });

  it('a tick that finds the new version failing takes the users back, and the step after it finishes that', async () => {
    world.repository.commit('Try it again', { 'allow.yaml': () => 'reason: a test of the way back\n' });
    world.repository.workflow('again.yml', AGAIN);
    const begun = await world.repository.run({ event: 'push', workflow: 'again.yml' });
    expect(begun.exit, begun.log.slice(-4000)).toBe(0);
    await world.disableCanary();
    world.users.rate = MANY;
    const decisions: string[] = [];
    let last: Ran | undefined;
    for (let left = 30; left > 0 && decisions.at(-1) !== 'rollback'; left--) {
      last = await world.repository.run({ event: 'schedule', workflow: 'canary.yml' });
      decisions.push(outputs(last, 'tick', 'canary')['decision'] ?? '');
    }
    expect(decisions.at(-1), decisions.join()).toBe('rollback');
    expect(last?.exit).not.toBe(0);
    expect(outputs(last as Ran, 'tick', 'back')).toMatchObject({ 'rolled-back': 'true', verified: 'true' });
    expect(await world.gateway.router.weight()).toBe(0);
  });

  it('a decision that was lost on its way is refused, with what probably happened to it', async () => {
    world.repository.workflow('lost.yml', LOST);
    const ran = await world.repository.run({ event: 'push', workflow: 'lost.yml' });
    expect(ran.exit).not.toBe(0);
    expect(ran.log).toMatch(/bad input: input 'deploy': '' is empty.*skipped/);
    expect(outputs(ran, 'canary', 'canary')).toEqual({});
    expect(await world.gateway.router.weight()).toBe(0);
  });
});
