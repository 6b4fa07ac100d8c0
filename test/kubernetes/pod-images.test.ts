import { setTimeout as sleep } from 'node:timers/promises';
import { openRouter } from '@sluice/traffic';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ClusterStage } from '../canary/cluster-stage.ts';
import type { StepEnded } from '../host/step.ts';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster } from './cluster.ts';
import { roleIn } from './readme-role.ts';

const OTHER = `reg.example/qwen@sha256:${'9'.repeat(64)}`;
const CANARY = { app: 'qwen', slot: 'canary' };

describeWithCluster(
  'the image that the Pods of the canary run',
  async ({ admin }) => {
    await installDefinitions(admin, 'gateway-api');
    await installDefinitions(admin, 'istio');
  },
  (cluster) => {
    let stage: ClusterStage;
    beforeEach(async () => {
      stage = await ClusterStage.open(cluster(), [roleIn('canary-step')]);
    });
    afterEach(async () => await stage[Symbol.asyncDispose]());

    const text = ({ exit, stdout, stderr }: StepEnded) => `exit ${exit}\n${stdout}\n${stderr}`;
    const reason = (ended: StepEnded) => String(ended.outputs.get('reason'));
    /** Ticks until one holds for this reason. */
    const held = async (why: RegExp) => {
      for (const end = Date.now() + 60_000; ; await sleep(250)) {
        const ended = await stage.step();
        expect(ended.exit, text(ended)).toBe(0);
        if (why.test(reason(ended))) return expect(ended.outputs.get('decision')).toBe('hold');
        if (Date.now() > end) throw new Error(`never held for ${why}: ${text(ended)}`);
      }
    };
    const tickUntil = async (share: number) => {
      for (const end = Date.now() + 60_000; (await stage.router.weight()) !== share; await sleep(250)) {
        const ended = await stage.step();
        if (Date.now() > end) throw new Error(`not at ${share} %: ${text(ended)}`);
      }
    };

    it('is the one of the record, or the rollout holds where it is; without the right to look that is said', async () => {
      const { start, image } = await stage.judged('run-0000-0001', 'qwen-v1.1.0');
      const begun = await stage.step({ ...start, plan: '50@1s,100@1h' });
      expect(begun.exit, text(begun)).toBe(0);
      await held(/no Pod behind the slot canary \(qwen-canary\) runs/);
      // its server says the right name, and runs something else
      await stage.deploy('qwen-canary', OTHER, CANARY);
      await stage.rolledOut('qwen-canary');
      await held(
        /Pod qwen-canary-\S+ behind .* runs reg\.example\/qwen@sha256:9+, not sha256:[0-9a-f]{64} of the record/,
      );
      expect(await stage.router.weight()).toBe(0);

      await stage.deploy('qwen-canary', image, CANARY);
      await tickUntil(50);
      // somebody puts another one there while users are at it
      await stage.deploy('qwen-canary', OTHER, CANARY);
      await stage.rolledOut('qwen-canary');
      await held(/runs reg\.example\/qwen@sha256:9+, not/);
      await sleep(1500);
      await held(/runs reg\.example\/qwen@sha256:9+, not/);
      expect(await stage.router.weight()).toBe(50);

      await stage.deploy('qwen-canary', image, CANARY);
      await cluster().admin.delete({
        resource: await cluster().admin.resource('rbac.authorization.k8s.io/v1', 'Role'),
        namespace: stage.namespace,
        name: 'sluice-0',
      });
      const routes = { apiGroups: ['gateway.networking.k8s.io'], resources: ['httproutes'] };
      await cluster().admin.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { namespace: stage.namespace, name: 'sluice-0' },
        rules: [{ ...routes, verbs: ['get', 'list', 'watch', 'patch'] }],
      } as never);
      await tickUntil(100);
      const blind = await stage.step();
      expect(blind.stdout).toMatch(
        /warning: what the Pods behind the slot canary \(qwen-canary\) run was not compared with the record: .*cannot get resource "services"/,
      );
    });

    it('is found through the DestinationRule where Istio splits by subset', async () => {
      const { namespace } = stage;
      const { admin, env } = cluster();
      const istio = 'networking.istio.io/v1';
      const to = (subset: string) => ({ destination: { host: 'qwen-canary', subset } });
      await admin.apply({
        apiVersion: istio,
        kind: 'VirtualService',
        metadata: { namespace, name: 'qwen' },
        spec: {
          hosts: ['qwen'],
          http: [
            {
              route: [
                { ...to('stable'), weight: 100 },
                { ...to('canary'), weight: 0 },
              ],
            },
          ],
        },
      } as never);
      await admin.apply({
        apiVersion: istio,
        kind: 'DestinationRule',
        metadata: { namespace, name: 'qwen' },
        spec: {
          host: `qwen-canary.${namespace}.svc.cluster.local`,
          subsets: ['stable', 'canary'].map((name) => ({ name, labels: { version: name } })),
        },
      } as never);
      for (const version of ['stable', 'canary'])
        await stage.deploy(`chat-${version}`, `${version}@sha256:${'7'.repeat(64)}`, { ...CANARY, version });
      await stage.rolledOut('chat-canary');
      await stage.rolledOut('chat-stable');
      const router = await openRouter({ kind: 'istio', target: `${namespace}/VirtualService/qwen`, env });
      const images = (await router.images?.('canary'))?.flatMap((pod) => pod.images);
      expect(images).toEqual(Array.from({ length: 2 }, () => `canary@sha256:${'7'.repeat(64)}`));
    });
  },
);
