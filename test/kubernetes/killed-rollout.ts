import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectAt } from '@sluice/kubernetes';
import { decodeState } from '@sluice/rollout';
import { openStore } from '@sluice/store';
import { openRouter } from '@sluice/traffic';
import { expect } from 'vitest';
import { type Attacked, expectComplete, killTicks, MANY_STAGES, type Struck } from '../canary/kill-ticks.ts';
import { POLICY } from '../canary/stage.ts';
import { judgedModel } from '../images/approved.ts';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { logUsers } from './users.ts';

const ANNOTATION = 'sluice/rollout';

/** A target in the cluster, and the object whose annotation holds its state. */
export interface Steered {
  readonly kind: 'gateway-api' | 'kserve';
  readonly target: string;
  readonly at: ObjectAt;
}

/** A whole rollout whose ticks are killed at any moment: state, split and record agree after each and at the end, where all users are moved. */
export async function killedRollout(
  { admin, env: access }: ControlPlane,
  { kind, target, at }: Steered,
): Promise<Struck & { readonly after: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kills-'));
  try {
    const open = () => openRouter({ kind, target, env: access });
    const router = await open();
    // a router of its own: the state that a test has seen fences nobody
    const { state } = await open();
    const env = { ...access, HOME: folder, USER: 'ada', SLUICE_STORE_URL: join(folder, 'store') };
    const on: Attacked = {
      folder,
      env,
      always: { router: kind, target, 'tracking-uri': join(folder, 'tracking') },
      state: async () => decodeState(JSON.stringify((await state?.read())?.value), target),
      weight: () => router.weight(),
      written: async (late, signal) => {
        const text = (await admin.get(at, { signal }))?.metadata.annotations?.[ANNOTATION];
        const other = (now: Awaited<ReturnType<typeof admin.get>>) =>
          now?.metadata.annotations?.[ANNOTATION] !== text;
        await admin.until(at, other, { timeout: 600_000, signal });
        await sleep(late);
      },
    };
    const judged = await judgedModel({ workspace: folder, env });
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
    const struck = await (async () => {
      await using _ = logUsers(router, metrics);
      return await killTicks(on, given);
    })();
    const after = await expectComplete(on, judged.runId, await openStore({ workspace: folder, env }));
    expect(await router.weight()).toBe(100);
    return { ...struck, after };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
