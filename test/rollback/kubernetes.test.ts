import { setTimeout as sleep } from 'node:timers/promises';
import { type KubernetesObject, resources } from '@sluice/kubernetes';
import { ROLLBACK, type RollbackPredicate } from '@sluice/record';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ClusterStage } from '../canary/cluster-stage.ts';
import type { StepEnded } from '../host/step.ts';
import { describeWithCluster } from '../kubernetes/cluster.ts';
import { roleIn } from '../kubernetes/readme-role.ts';
import { DRILLED, TAKEN_BACK } from '../kubernetes/rollback-stage.ts';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';

const KILLS = process.env['SLUICE_SLOW'] === '1' ? 60 : 8;

interface Deployment extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

describeWithCluster(
  'rollback as a step, in a cluster',
  async ({ admin }) => await installDefinitions(admin, 'gateway-api'),
  (cluster) => {
    let stage: ClusterStage;
    let images: string[];
    const DEPLOYMENTS = ['qwen-stable', 'qwen-canary', 'qwen-batch'];

    const imageOf = async (name: string) =>
      (
        await cluster().admin.get<Deployment>({
          resource: resources.deployment,
          namespace: stage.namespace,
          name,
        })
      )?.spec.template.spec.containers[0]?.image;
    const runs = () => Promise.all(DEPLOYMENTS.map(imageOf));
    const text = ({ exit, stdout, stderr }: StepEnded) => `exit ${exit}\n${stdout}\n${stderr}`;
    /** What it was given beside what the stage gives. */
    const given = () => ({
      'run-id': 'run-0000-0002',
      to: 'previous',
      method: 'traffic, rollout-undo',
      deployment: `${stage.namespace}/deployment/qwen-batch`,
      // a mock's P99 is a few milliseconds, which a busy machine exceeds
      verify: '1',
    });
    const told = async () => {
      const { statements } = await stage.record('run-0000-0002');
      return statements.flatMap(({ statement }) =>
        statement.predicateType === ROLLBACK ? [statement.predicate as RollbackPredicate] : [],
      );
    };

    /** v1.1.0 and v1.2.0 went live one after the other; a Deployment for batches followed each. */
    beforeEach(async () => {
      stage = await ClusterStage.open(cluster(), [roleIn('canary-step'), roleIn('rollback')]);
      images = [];
      await stage.deploy('qwen-stable', `reg.example/qwen@sha256:${'0'.repeat(64)}`, {
        app: 'qwen',
        slot: 'stable',
      });
      for (const [i, slot] of (['canary', 'stable'] as const).entries()) {
        const version = `qwen-v1.${i + 1}.0`;
        const { start, image } = await stage.judged(`run-0000-000${i + 1}`, version);
        images.push(image);
        stage.servers[slot].version = version;
        await stage.deploy(`qwen-${slot}`, image, { app: 'qwen', slot });
        await stage.deploy('qwen-batch', image, { app: 'qwen-batch' });
        const ended = await stage.step({ ...start, wait: 'true', 'wait-limit': '90s' });
        expect(ended.exit, text(ended)).toBe(0);
        expect(ended.outputs.get('decision'), text(ended)).toBe('complete');
      }
      expect(await stage.router.weight()).toBe(0);
    }, 300_000);
    afterEach(async () => await stage[Symbol.asyncDispose]());

    it('is drilled with everything put back, then done, and done again changes nothing', async () => {
      const [first, second] = images as [string, string];
      const [before, state] = [await runs(), await stage.state()];
      const drill = await stage.rollback({ ...given(), 'run-id': 'live', drill: 'true' });
      expect(drill.exit, text(drill)).toBe(0);
      expect(Object.fromEntries(drill.outputs)).toMatchObject(DRILLED);
      expect(await stage.router.weight()).toBe(0);
      expect(await stage.state()).toEqual(state);
      expect(await runs()).toEqual(before);

      for (const _ of [1, 2]) {
        const ended = await stage.rollback(given());
        expect(ended.exit, text(ended)).toBe(0);
        expect(Object.fromEntries(ended.outputs)).toMatchObject(TAKEN_BACK);
        expect(ended.outputs.get('duration-ms')).toMatch(/^\d+$/);
        expect(await stage.router.weight()).toBe(100);
        expect(await runs()).toEqual([second, first, first]);
      }
      expect(await stage.state()).toMatchObject({
        live: 'canary',
        rollout: { phase: 'rolled-back', weight: 0 },
      });
      expect((await told()).map(({ drill: only, verified }) => [only, verified])).toEqual(
        expect.arrayContaining([
          [true, true],
          [false, true],
        ]),
      );
      // a scheduled tick leaves it there
      const tick = await stage.step();
      expect(tick.outputs.get('decision'), text(tick)).toBe('none');
      expect(await stage.router.weight()).toBe(100);

      // a version whose Pods run something else than its record proves is not verified, whatever its server says
      const other = `reg.example/qwen@sha256:${'9'.repeat(64)}`;
      await stage.deploy('qwen-canary', other, { app: 'qwen', slot: 'canary' });
      await stage.rolledOut('qwen-canary');
      const wrong = await stage.rollback(given());
      expect(wrong.exit, text(wrong)).toBe(3);
      expect(wrong.outputs.get('verified')).toBe('false');
      expect(wrong.stdout).toMatch(
        /behind the slot canary \(qwen-canary\) runs reg\.example\/qwen@sha256:9+, not sha256:/,
      );

      // who may steer the route and nothing else: the users stay back, and the right that is missing is named
      await cluster().admin.delete({
        resource: await cluster().admin.resource('rbac.authorization.k8s.io/v1', 'RoleBinding'),
        namespace: stage.namespace,
        name: 'sluice-1',
      });
      const less = await stage.rollback(given());
      expect(less.exit, text(less)).toBe(3);
      expect(less.outputs.get('rolled-back')).toBe('true');
      expect(less.stdout).toMatch(/rollout-undo: .*guest.* cannot get resource.*deployments/);
    });

    it(`is finished by running it again after ${KILLS} kills at any moment`, async () => {
      const [first, second] = images as [string, string];
      let longest = 2000;
      for (let killed = 0; killed < KILLS; ) {
        const { ended, kill } = stage.begin('rollback', { reason: 'test', ...given() });
        const from = performance.now();
        const over = await Promise.race([ended, sleep(Math.random() * longest, undefined)]);
        if (over === undefined) kill('SIGKILL');
        const { exit, ...rest } = await ended;
        if (exit === null) {
          killed++;
          longest += 100;
        } else {
          expect(exit, text({ exit, ...rest })).toBe(0);
          longest = performance.now() - from;
        }
        // never with users at a version that the state does not know of
        expect([0, 100]).toContain(await stage.router.weight());
      }
      const last = await stage.rollback(given());
      expect(last.exit, text(last)).toBe(0);
      expect(await stage.router.weight()).toBe(100);
      expect(await runs()).toEqual([second, first, first]);
      expect(await stage.state()).toMatchObject({ live: 'canary', rollout: { phase: 'rolled-back' } });
      expect((await told()).at(-1)).toMatchObject({ rolled_back: true, verified: true });
    });
  },
);
