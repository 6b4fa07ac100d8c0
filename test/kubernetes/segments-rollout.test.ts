import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@sluice/kubernetes';
import { openRouter } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { tick } from '../canary/kill-ticks.ts';
import { POLICY } from '../canary/stage.ts';
import { judgedModel } from '../images/approved.ts';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';
import { httpRoute, route as resource } from './http-route.ts';
import { logUsers } from './users.ts';

interface Route extends KubernetesObject {
  readonly spec: {
    readonly rules: readonly {
      readonly name: string;
      readonly backendRefs: readonly { readonly weight: number }[];
    }[];
  };
}

describeWithCluster(
  'a rollout for a segment on a real API server',
  async ({ admin }) => await installDefinitions(admin, 'gateway-api'),
  (cluster) => {
    it('moves its users alone, is taken back without a trace, and reaches everybody once it is complete', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-segments-'));
      const { admin, env: access } = cluster();
      const namespace = await newNamespace(cluster());
      await admin.apply(httpRoute(namespace, 'qwen') as never);
      const target = `${namespace}/HTTPRoute/qwen`;
      const router = await openRouter({ kind: 'gateway-api', target, env: access });
      const rules = async () =>
        (await admin.get<Route>({ resource, namespace, name: 'qwen' }))?.spec.rules.map(
          ({ name, backendRefs }) => [name, ...backendRefs.map(({ weight }) => weight)],
        );
      const env = { ...access, HOME: folder, USER: 'ada', SLUICE_STORE_URL: join(folder, 'store') };
      const metrics = join(folder, 'access.log');
      await writeFile(metrics, '');
      await writeFile(join(folder, 'policy.yaml'), POLICY);
      const on = { folder, env, always: { router: 'gateway-api', target } };
      const step = async (given: Record<string, string> = {}) => {
        const { ended, said } = tick(on, given);
        expect(await ended, said()).toBe(0);
      };
      const start = async (runId: string, version: string) => {
        const judged = await judgedModel({ workspace: folder, env, runId, version });
        const image = `registry.example/team/qwen@${judged.digest}`;
        const record = await judged.image(image as never, version);
        const proven = { 'run-id': runId, record, image, policy: 'policy.yaml', metrics };
        await step({ ...proven, segments: 'X-Region = EU, us', plan: '50@1s,100@1s' });
      };
      const until = async (share: number) => {
        for (const end = Date.now() + 120_000; (await router.weight()) !== share; await step())
          if (Date.now() > end) throw new Error(`not at ${share} %`);
      };
      try {
        await using _ = logUsers(router, metrics);
        await start('run-first-1', 'qwen-v1.1.0');
        await until(50);
        expect(await rules()).toEqual([
          ['chat-segment', 5000, 5000],
          ['chat', 10_000, 0],
        ]);
        await step({ command: 'abort', reason: 'test', 'fail-on-reject': 'false' });
        expect(await rules()).toEqual([['chat', 10_000, 0]]);

        await start('run-second-2', 'qwen-v1.2.0');
        await until(100);
        await step({ wait: 'true', 'wait-limit': '2m' });
        expect(await rules()).toEqual([['chat', 0, 10_000]]);
        expect(await router.segments?.()).toEqual({});
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  },
);
