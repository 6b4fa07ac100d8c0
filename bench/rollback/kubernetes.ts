import { revert } from '@sluice/rollout';
import { carryOut, placeOf } from '@sluice/steering';
import { openRouter, type RouterState } from '@sluice/traffic';
import { httpRoute } from '../../test/kubernetes/http-route.ts';
import { controlPlanePrograms, startControlPlane } from '../../test/parts/kubernetes/control-plane.ts';
import { installDefinitions } from '../../test/parts/kubernetes/definitions.ts';
import { halfWay } from './ways.ts';

/**
 * Milliseconds of each rollback of an HTTPRoute on a real API server, from the decision until the server has confirmed state and share:
 * one read, and one write of both. Beside it, of a single read. Undefined where there is no Go to build the server with.
 */
export async function kubernetesRounds(
  runs: number,
): Promise<{ readonly back: readonly number[]; readonly read: readonly number[] } | undefined> {
  const programs = await controlPlanePrograms();
  if (!programs) return undefined;
  await using plane = await startControlPlane(programs);
  await installDefinitions(plane.admin, 'gateway-api');
  await plane.admin.apply(httpRoute('default', 'qwen') as never);
  const target = 'default/HTTPRoute/qwen';
  const router = await openRouter({ kind: 'gateway-api', target, env: plane.env });
  const place = placeOf(router.state as RouterState, target);
  const state = halfWay(target);
  const { signal } = new AbortController();
  const back: number[] = [];
  const read: number[] = [];
  for (let i = 0; i < runs; i++) {
    if (!(await place.write(await place.read(), state, 50))) throw new Error('somebody else wrote the state');
    const asked = performance.now();
    if ((await router.weight()) !== 50) throw new Error('the share was not set');
    read.push(performance.now() - asked);
    const decided = performance.now();
    const done = await carryOut(
      place,
      router,
      (held) => revert(held.state, 'run-0000-0001', 'bench', Date.now()),
      signal,
    );
    back.push(performance.now() - decided);
    if (!done.decided.reverted || (await router.weight()) !== 0) throw new Error(done.decided.reason);
  }
  return { back, read };
}
