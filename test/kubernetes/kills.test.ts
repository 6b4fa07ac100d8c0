import { expect, it } from 'vitest';
import { KILLS } from '../canary/kill-ticks.ts';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';
import { httpRoute, route } from './http-route.ts';
import { killedRollout } from './killed-rollout.ts';

describeWithCluster(
  'ticks on a real Kubernetes API',
  async ({ admin }) => await installDefinitions(admin, 'gateway-api'),
  (cluster) => {
    it(`are left by ${KILLS} kills at any moment, and by two at once, with split, state and record in agreement`, async () => {
      const namespace = await newNamespace(cluster());
      await cluster().admin.apply(httpRoute(namespace, 'qwen') as never);
      const { killed, between, whole, after } = await killedRollout(cluster(), {
        kind: 'gateway-api',
        target: `${namespace}/HTTPRoute/qwen`,
        at: { resource: route, namespace, name: 'qwen' },
      });
      // state and split are one write: no kill falls between them
      expect(between).toBe(0);
      console.log(
        `${killed} ticks killed, none between state and split; ${whole} ended by themselves; ${after}`,
      );
    }, 3_600_000);
  },
);
