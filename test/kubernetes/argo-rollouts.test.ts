import { type KubernetesObject, type Resource, resources } from '@sluice/kubernetes';
import { openRouter, type Router } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { argoRolloutsPrograms, startArgoRollouts } from '../parts/kubernetes/argo-rollouts.ts';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { runPods } from '../parts/kubernetes/pods.ts';
import { istioRouting } from './argo-istio.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';

const ROLLOUT: Resource = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  plural: 'rollouts',
  namespaced: true,
};
const INGRESS: Resource = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
};

interface Rollout extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly abort?: boolean;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly availableReplicas?: number;
    readonly observedGeneration?: string;
  };
}

const labels = { app: 'qwen' };
const template = (image: string) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'vllm', image }] },
});

const programs = await argoRolloutsPrograms();

describeWithCluster(
  'Argo Rollouts with its own controller',
  async (plane) => {
    if (!programs) throw new Error('there is no Go to build Argo Rollouts with');
    await installDefinitions(plane.admin, 'argo-rollouts');
    // its controller looks for Istio when it starts
    await installDefinitions(plane.admin, 'istio');
    await startArgoRollouts(programs, plane);
  },
  (cluster) => {
    const timeout = 120_000;

    /** A Rollout of two Pods behind an NGINX ingress, at its first version. */
    async function settled() {
      const { admin, env } = cluster();
      const namespace = await newNamespace(cluster());
      const at = { resource: ROLLOUT, namespace, name: 'qwen' };
      for (const name of ['qwen-stable', 'qwen-canary'])
        await admin.create(resources.service, {
          metadata: { namespace, name },
          spec: { selector: labels, ports: [{ port: 80 }] },
        } as never);
      const path = {
        path: '/',
        pathType: 'Prefix',
        backend: { service: { name: 'qwen-stable', port: { number: 80 } } },
      };
      await admin.create(INGRESS, {
        metadata: { namespace, name: 'qwen' },
        spec: { ingressClassName: 'nginx', rules: [{ host: 'qwen.example', http: { paths: [path] } }] },
      } as never);
      await admin.create(ROLLOUT, {
        metadata: { namespace, name: 'qwen' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: template('vllm:1'),
          strategy: {
            canary: {
              stableService: 'qwen-stable',
              canaryService: 'qwen-canary',
              trafficRouting: { nginx: { stableIngress: 'qwen' } },
              abortScaleDownDelaySeconds: 1,
              scaleDownDelaySeconds: 1,
              steps: [{ setCanaryScale: { replicas: 1 } }, { setWeight: 0 }, { pause: {} }],
            },
          },
        },
      } as never);
      const until = async (what: string, holds: (now: NonNullable<Rollout['status']>) => boolean) => {
        for (const end = Date.now() + timeout; ; ) {
          const done = (now: Rollout | undefined) => holds(now?.status ?? {});
          if (await admin.until<Rollout>(at, done, { timeout: 3000 })) return;
          if (Date.now() > end)
            throw new Error(`${what}: not yet: ${JSON.stringify((await admin.get<Rollout>(at))?.status)}`);
          // its controller may have overlooked the last change
          const body = { metadata: { labels: { looked: String(Date.now()) } } };
          await admin.patch(at, { type: 'merge', body });
        }
      };
      await until('first version', ({ phase, stableRS }) => phase === 'Healthy' && stableRS !== undefined);
      const update = async (image: string) => {
        const before = (await admin.get<Rollout>(at))?.status?.currentPodHash;
        await admin.patch(at, { type: 'merge', body: { spec: { template: template(image) } } });
        await until(
          `${image} paused`,
          ({ currentPodHash, phase }) => currentPodHash !== before && phase === 'Paused',
        );
      };
      const router = () =>
        openRouter({ kind: 'argo-rollouts', target: `${namespace}/Rollout/qwen`, env, timeout: 30_000 });
      /** What the traffic router itself was told. */
      const ingress = async () => {
        const name = 'qwen-qwen-canary';
        const canary = await admin.get({ resource: INGRESS, namespace, name });
        return Number(canary?.metadata.annotations?.['nginx.ingress.kubernetes.io/canary-weight'] ?? 0);
      };
      const status = async () => (await admin.get<Rollout>(at))?.status ?? {};
      return { at, until, update, router, ingress, status };
    }

    const set = async (router: Router, percent: number) => {
      await router.setWeight(percent);
      expect(await router.weight()).toBe(percent);
    };

    it('takes shares up and down, is promoted, and swaps the slots for the next version', async () => {
      await using _ = runPods(cluster().admin);
      const { update, router: open, ingress, status, until } = await settled();
      await update('vllm:2');
      const router = await open();
      expect([await router.weight(), await ingress()]).toEqual([0, 0]);
      for (const percent of [1, 25, 50, 5, 100]) {
        await set(router, percent);
        expect(await ingress()).toBe(percent);
      }
      const { stableRS: old } = await status();
      await router.close?.('canary');
      await until('promoted', ({ stableRS, phase }) => stableRS !== old && phase === 'Healthy');
      // slot canary still has everybody, though Argo calls it stable now
      const next = await open();
      expect(await next.weight()).toBe(100);
      await next.close?.('canary');

      // the next version gets nobody by itself: the steps of the last one are gone
      await update('vllm:3');
      expect([await next.weight(), await ingress()]).toEqual([100, 0]);
      await set(next, 90);
      expect(await ingress()).toBe(10);
      await set(next, 100);
      await next.close?.('canary');
      await until('aborted', ({ abort }) => abort === true);
      expect([await next.weight(), await ingress()]).toEqual([100, 0]);
    });

    it('is taken back at once with its state, and stays aborted', async () => {
      await using _ = runPods(cluster().admin);
      const { update, router: open, ingress, until, status } = await settled();
      await update('vllm:2');
      const router = await open();
      const begun = await router.state?.compareAndSet({ weight: 50 }, undefined, 50);
      await set(router, 50);
      expect((await status()).abort ?? false).toBe(false);
      const closed = await router.state?.compareAndSet({ weight: 0 }, begun?.ok ? begun.state : undefined, 0);
      expect(closed?.ok).toBe(true);
      await set(router, 0);
      expect(await ingress()).toBe(0);
      await router.close?.('stable');
      await until('aborted', ({ abort, phase }) => abort === true && phase === 'Degraded');
      expect((await router.state?.read())?.value).toEqual({ weight: 0 });
      // said again, it changes nothing
      await router.close?.('stable');
      expect(await router.weight()).toBe(0);
      // a version that comes after it is none of the closed rollout's business
      await update('vllm:3');
      await router.close?.('stable');
      expect((await status()).abort ?? false).toBe(false);
      await set(router, 10);
    });

    istioRouting(cluster);

    it('says where the template was changed under a rollout, and waits for Pods on the way up', async () => {
      const failing = new Set<string>();
      await using _ = runPods(cluster().admin, { fails: (image) => failing.has(image) });
      const { update, router: open, at, until } = await settled();
      await update('vllm:2');
      const router = await open();
      await set(router, 10);
      expect(await router.wrong?.()).toBeUndefined();
      failing.add('vllm:broken');
      const broken = { type: 'merge', body: { spec: { template: template('vllm:broken') } } } as const;
      await cluster().admin.patch(at, broken);
      await until('broken', ({ phase }) => phase === 'Progressing');
      const quick = await openRouter({
        kind: 'argo-rollouts',
        target: router.target,
        env: cluster().env,
        timeout: 3000,
      });
      // nobody is sent to Pods that are not there: that is no error, but it is said
      await quick.setWeight(20);
      expect(await quick.weight()).toBe(0);
      expect((await quick.notes?.())?.[0]).toMatch(/is on its way to 20 %/);
    });
  },
);
