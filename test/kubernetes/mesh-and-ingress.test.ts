import type { KubernetesObject } from '@sluice/kubernetes';
import { openRouter } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';

describeWithCluster(
  'other routers on a real API server',
  async ({ admin }) => await installDefinitions(admin, 'istio'),
  (cluster) => {
    async function opened(kind: string, object: (namespace: string) => object, path: string) {
      const namespace = await newNamespace(cluster());
      await cluster().admin.apply(object(namespace) as never);
      const open = () => openRouter({ kind, target: `${namespace}/${path}`, env: cluster().env });
      return { namespace, router: await open(), other: await open() };
    }

    /** Shares, a state in the same write, and a second tick that has seen less. */
    async function checkRouter({ router, other }: Awaited<ReturnType<typeof opened>>) {
      for (const percent of [0.5, 25, 100, 0]) {
        await router.setWeight(percent);
        expect(await other.weight()).toBe(percent);
      }
      await other.state?.read();
      const written = await router.state?.compareAndSet({ n: 1 }, undefined, 5);
      expect(written?.ok).toBe(true);
      expect([await router.weight(), (await router.state?.read())?.value]).toEqual([5, { n: 1 }]);
      await expect(other.setWeight(50)).rejects.toThrow(/another step has decided since/);
      expect((await other.state?.compareAndSet({ n: 2 }, undefined, 50))?.ok).toBe(false);
      expect(await router.weight()).toBe(5);
    }

    it('an Istio VirtualService takes shares and holds the state', async () => {
      const to = (subset: string) => ({ destination: { host: 'qwen', subset } });
      const eu = [{ headers: { 'x-region': { exact: 'eu' } } }];
      const all = await opened(
        'istio',
        (namespace) => ({
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          metadata: { namespace, name: 'qwen' },
          spec: {
            hosts: ['qwen'],
            http: [
              {
                name: 'eu',
                match: eu,
                timeout: '600s',
                route: [
                  { ...to('stable'), weight: 100 },
                  { ...to('canary'), weight: 0 },
                ],
              },
              { name: 'rest', route: [to('stable')] },
            ],
          },
        }),
        'VirtualService/qwen',
      );
      await checkRouter(all);
      const resource = await cluster().admin.resource('networking.istio.io/v1', 'VirtualService');
      const now = await cluster().admin.get<KubernetesObject & { spec: { http: object[] } }>({
        resource,
        namespace: all.namespace,
        name: 'qwen',
      });
      expect(now?.spec.http).toEqual([
        {
          name: 'eu',
          match: eu,
          timeout: '600s',
          route: [
            { ...to('stable'), weight: 9500 },
            { ...to('canary'), weight: 500 },
          ],
        },
        { name: 'rest', route: [to('stable')] },
      ]);
    });

    it('a canary Ingress takes shares and holds the state', async () => {
      const path = {
        path: '/',
        pathType: 'Prefix',
        backend: { service: { name: 'qwen-canary', port: { number: 80 } } },
      };
      const canary = { 'nginx.ingress.kubernetes.io/canary': 'true' };
      const object = (annotations: object) => (namespace: string) => ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { namespace, name: 'qwen', annotations },
        spec: { ingressClassName: 'nginx', rules: [{ host: 'qwen.example', http: { paths: [path] } }] },
      });
      await checkRouter(await opened('nginx-ingress', object(canary), 'Ingress/qwen'));
      await expect(opened('nginx-ingress', object({}), 'Ingress/qwen')).rejects.toThrow(/canary: "true"/);
    });
  },
);
