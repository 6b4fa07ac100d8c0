import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeState } from '@sluice/rollout';
import { openStore } from '@sluice/store';
import { openRouter, type Router } from '@sluice/traffic';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Attacked, expectComplete, KILLS, killTicks, MANY_STAGES } from '../canary/kill-ticks.ts';
import { POLICY } from '../canary/stage.ts';
import { judgedModel } from '../images/approved.ts';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';
import { httpRoute, route } from './http-route.ts';
import { logUsers } from './users.ts';

const ANNOTATION = 'sluice/rollout';

describeWithCluster(
  'ticks on a real Kubernetes API',
  async ({ admin }) => await installDefinitions(admin, 'gateway-api'),
  (cluster) => {
    let folder: string;
    let on: Attacked;
    let router: Router;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-kills-'));
      const { admin, env: access } = cluster();
      const namespace = await newNamespace(cluster());
      await admin.apply(httpRoute(namespace, 'qwen') as never);
      const target = `${namespace}/HTTPRoute/qwen`;
      router = await openRouter({ kind: 'gateway-api', target, env: access });
      // a router of its own: the state that a test has seen fences nobody
      const state = (await openRouter({ kind: 'gateway-api', target, env: access })).state;
      const at = { resource: route, namespace, name: 'qwen' };
      on = {
        folder,
        env: { ...access, HOME: folder, USER: 'ada', SLUICE_STORE_URL: join(folder, 'store') },
        always: { router: 'gateway-api', target, 'tracking-uri': join(folder, 'tracking') },
        state: async () => decodeState(JSON.stringify((await state?.read())?.value), target),
        weight: () => router.weight(),
        written: async (late, signal) => {
          const text = (await admin.get(at, { signal }))?.metadata.annotations?.[ANNOTATION];
          await admin.until(at, (now) => now?.metadata.annotations?.[ANNOTATION] !== text, {
            timeout: 600_000,
            signal,
          });
          await sleep(late);
        },
      };
    });
    afterEach(async () => await rm(folder, { recursive: true, force: true }));

    it(`are left by ${KILLS} kills at any moment, and by two at once, with split, state and record in agreement`, async () => {
      const judged = await judgedModel({ workspace: folder, env: on.env });
      const image = `registry.example/team/qwen@${judged.digest}` as const;
      const record = await judged.image(image as never, 'qwen-v1.1.0');
      await writeFile(join(folder, 'policy.yaml'), POLICY);
      const metrics = join(folder, 'access.log');
      await writeFile(metrics, '');
      const given = {
        'run-id': judged.runId,
        record,
        image,
        plan: MANY_STAGES,
        policy: 'policy.yaml',
        metrics,
      };
      const { killed, between, whole } = await (async () => {
        await using _ = logUsers(router, metrics);
        return await killTicks(on, given);
      })();
      // state and split are one write: no kill falls between them
      expect(between).toBe(0);
      const store = await openStore({ workspace: folder, env: on.env });
      const after = await expectComplete(on, judged.runId, store);
      console.log(
        `${killed} ticks killed, none between state and split; ${whole} ended by themselves; ${after}`,
      );
    }, 3_600_000);
  },
);
