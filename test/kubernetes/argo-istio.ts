import { type KubernetesObject, type Resource, resources } from '@sluice/kubernetes';
import { expect, it } from 'vitest';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { runPods } from '../parts/kubernetes/pods.ts';
import { newNamespace } from './cluster.ts';
import { roleIn } from './readme-role.ts';
import { RollbackStage, text } from './rollback-stage.ts';

const ROLLOUT: Resource = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  namespaced: true,
};

interface Rollout extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly abort?: boolean; readonly stableRS?: string };
}

interface VirtualService extends KubernetesObject {
  readonly spec: { readonly http: readonly { readonly route: readonly { readonly weight: number }[] }[] };
}

const labels = { app: 'qwen' };
const template = (image: string) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'vllm', image }] },
});

/** A Rollout whose traffic router is Istio: Argo's controller writes the weights of a VirtualService. */
async function behindIstio({ admin }: ControlPlane) {
  const namespace = await newNamespace({ admin } as ControlPlane);
  const at = { resource: ROLLOUT, namespace, name: 'qwen' };
  const hosts = ['qwen-stable', 'qwen-canary'];
  for (const name of hosts)
    await admin.create(resources.service, {
      metadata: { namespace, name },
      spec: { selector: labels, ports: [{ port: 80 }] },
    } as never);
  const resource = await admin.resource('networking.istio.io/v1', 'VirtualService');
  await admin.create(resource, {
    metadata: { namespace, name: 'qwen' },
    spec: {
      hosts: ['qwen'],
      http: [
        {
          name: 'primary',
          route: hosts.map((host, i) => ({ destination: { host }, weight: 100 - 100 * i })),
        },
      ],
    },
  } as never);
  await admin.create(ROLLOUT, {
    metadata: { namespace, name: 'qwen' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: template(`registry.example/team/qwen@sha256:${'0'.repeat(64)}`),
      strategy: {
        canary: {
          stableService: 'qwen-stable',
          canaryService: 'qwen-canary',
          trafficRouting: { istio: { virtualService: { name: 'qwen', routes: ['primary'] } } },
          abortScaleDownDelaySeconds: 1,
          scaleDownDelaySeconds: 1,
          steps: [{ setCanaryScale: { replicas: 1 } }, { setWeight: 0 }, { pause: {} }],
        },
      },
    },
  } as never);
  const until = async (what: string, holds: (now: NonNullable<Rollout['status']>) => boolean) => {
    const found = await admin.until<Rollout>(at, (now) => holds(now?.status ?? {}), { timeout: 120_000 });
    if (!found)
      throw new Error(`${what}: not yet: ${JSON.stringify((await admin.get<Rollout>(at))?.status)}`);
  };
  await until('first version', ({ phase, stableRS }) => phase === 'Healthy' && stableRS !== undefined);
  return {
    until,
    target: `${namespace}/Rollout/qwen`,
    put: async (image: string) => {
      await admin.patch(at, { type: 'merge', body: { spec: { template: template(image) } } });
    },
    /** What Istio was told. */
    weights: async () => {
      const now = await admin.get<VirtualService>({ resource, namespace, name: 'qwen' });
      return now?.spec.http[0]?.route.map(({ weight }) => weight);
    },
  };
}

/** The actions on it, as jobs run them. */
export function istioRouting(cluster: () => ControlPlane): void {
  it('splits by Istio, is walked by canary-step and taken back by rollback', async () => {
    await using _ = runPods(cluster().admin);
    const { until, target, put, weights } = await behindIstio(cluster());
    await using stage = await RollbackStage.open(
      cluster(),
      { kind: 'argo-rollouts', target, put, written: weights },
      roleIn('rollback', 'sluice-argo'),
    );
    await stage.through('run-0000-0001', 'qwen-v1.1.0', 'canary', '50@1s,100@1s');
    const complete = await stage.state();
    expect(complete).toMatchObject({ live: 'canary', rollout: { phase: 'complete', weight: 100 } });
    expect(await stage.router.weight()).toBe(100);
    // promoted: it is Argo's stable version now, whose Service has everybody
    await until('promoted', ({ phase }) => phase === 'Healthy');
    expect(await weights()).toEqual([100, 0]);
    // Argo keeps no second version beside it: nothing is moved, and what to do is said
    const late = await stage.rollback({ 'run-id': 'run-0000-0001' });
    expect(late.exit, text(late)).toBe(2);
    expect(late.stdout).toMatch(/was promoted is taken back by the image that it had before/);
    expect([await stage.state(), await weights()]).toEqual([complete, [100, 0]]);

    await stage.begin('run-0000-0002', 'qwen-v1.2.0', 'stable', '25@1h,100@1h');
    for (const end = Date.now() + 60_000; (await stage.router.weight()) !== 75; ) {
      const { outputs } = await stage.step();
      if (Date.now() > end) throw new Error(`not at 25 %: ${outputs['reason']}`);
    }
    expect(await weights()).toEqual([75, 25]);
    for (const _again of [1, 2]) {
      const back = await stage.rollback({ 'run-id': 'run-0000-0002' });
      expect(back.exit, text(back)).toBe(0);
      expect(Object.fromEntries(back.outputs)).toMatchObject({
        'rolled-back': 'true',
        verified: 'true',
        'to-version': 'qwen-v1.1.0',
      });
      expect([await stage.router.weight(), await weights()]).toEqual([100, [100, 0]]);
    }
    await until('aborted', ({ abort, phase }) => abort === true && phase === 'Degraded');
  });
}
