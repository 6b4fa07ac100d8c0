import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeState } from '@sluice/rollout';
import { openStore } from '@sluice/store';
import { openRouter } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { type Attacked, expectComplete, KILLS, killTicks, MANY_STAGES } from '../canary/kill-ticks.ts';
import { POLICY } from '../canary/stage.ts';
import { judgedModel } from '../images/approved.ts';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { groupedServices } from './kserve-group.ts';
import { logUsers } from './users.ts';

const STATE = 'sluice/rollout';

/** Ticks on a routing group that end at any moment: of its two objects one holds the state. */
export function killedTicks(cluster: () => ControlPlane): void {
  it(`are left by ${KILLS} kills at any moment, and by two at once, with both weights, state and record in agreement`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-kserve-kills-'));
    try {
      const { admin, at, target } = await groupedServices(cluster());
      const { env: access } = cluster();
      const open = () => openRouter({ kind: 'kserve', target, env: access });
      const router = await open();
      // a router of its own: the state that a test has seen fences nobody
      const { state } = await open();
      const env = { ...access, HOME: folder, USER: 'ada', SLUICE_STORE_URL: join(folder, 'store') };
      const textOf = (annotations: Readonly<Record<string, string>> | undefined) => annotations?.[STATE];
      const on: Attacked = {
        folder,
        env,
        always: { router: 'kserve', target, 'tracking-uri': join(folder, 'tracking') },
        state: async () => decodeState(JSON.stringify((await state?.read())?.value), target),
        weight: () => router.weight(),
        written: async (late, signal) => {
          const text = textOf((await admin.get(at('qwen'), { signal }))?.metadata.annotations);
          const options = { timeout: 600_000, signal };
          await admin.until(at('qwen'), (now) => textOf(now?.metadata.annotations) !== text, options);
          await sleep(late);
        },
      };
      const judged = await judgedModel({ workspace: folder, env });
      const image = `registry.example/team/qwen@${judged.digest}`;
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
      const after = await expectComplete(on, judged.runId, await openStore({ workspace: folder, env }));
      console.log(
        `${killed} ticks killed, ${between} between the two objects; ${whole} ended by themselves; ${after}`,
      );
      expect(await router.weight()).toBe(100);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 3_600_000);
}
