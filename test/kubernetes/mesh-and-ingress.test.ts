import type { KubernetesObject } from '@sluice/kubernetes';
import { openRouter } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { checkRouter } from './check-router.ts';
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
      await checkRouter(all.router, all.other);
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

    it('an Istio VirtualService lets the share count for the users of a segment alone', async () => {
      const to = (subset: string, weight: number) => ({ destination: { host: 'qwen', subset }, weight });
      const chat = {
        name: 'chat',
        match: [{ uri: { prefix: '/v1' } }],
        route: [to('stable', 100), to('canary', 0)],
      };
      const beta = {
        name: 'beta',
        match: [{ headers: { 'x-beta': { exact: '1' } } }],
        route: [to('beta', 100)],
      };
      const { router, other, namespace } = await opened(
        'istio',
        (within) => ({
          apiVersion: 'networking.istio.io/v1',
          kind: 'VirtualService',
          metadata: { namespace: within, name: 'qwen' },
          spec: { hosts: ['qwen'], http: [beta, chat] },
        }),
        'VirtualService/qwen',
      );
      await router.setSegments?.({ 'x-region': ['EU', 'us'], 'x-tenant': ['acme'] }, 'stable');
      await router.setWeight(25);
      expect(await other.segments?.()).toEqual({ 'x-region': ['eu', 'us'], 'x-tenant': ['acme'] });
      expect(await other.weight()).toBe(25);
      const resource = await cluster().admin.resource('networking.istio.io/v1', 'VirtualService');
      const http = async () =>
        (
          await cluster().admin.get<KubernetesObject & { spec: { http: object[] } }>({
            resource,
            namespace,
            name: 'qwen',
          })
        )?.spec.http;
      const headers = { 'x-region': { regex: '(?i)^(?:eu|us)$' }, 'x-tenant': { regex: '(?i)^(?:acme)$' } };
      expect(await http()).toEqual([
        beta,
        {
          name: 'chat-segment',
          match: [{ uri: { prefix: '/v1' }, headers }],
          route: [to('stable', 7500), to('canary', 2500)],
        },
        { ...chat, route: [to('stable', 10_000), to('canary', 0)] },
      ]);
      await router.setWeight(100);
      await other.setSegments?.({}, 'stable');
      expect(await http()).toEqual([beta, { ...chat, route: [to('stable', 0), to('canary', 10_000)] }]);
      expect(await router.weight()).toBe(100);
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
      const { router, other } = await opened('nginx-ingress', object(canary), 'Ingress/qwen');
      await checkRouter(router, other);
      expect(await router.notes?.()).toEqual([]);
      expect(await router.segments?.()).toEqual({});
      await expect(router.setSegments?.({ 'x-region': ['eu'] }, 'stable')).rejects.toMatchObject({
        exitCode: 2,
      });
      expect(await other.weight()).toBe(5);
      const header = { ...canary, 'nginx.ingress.kubernetes.io/canary-by-header': 'x-canary' };
      const mixed = await opened('nginx-ingress', object(header), 'Ingress/qwen');
      expect((await mixed.router.notes?.())?.[0]).toMatch(/comes before the weight/);
      await expect(opened('nginx-ingress', object({}), 'Ingress/qwen')).rejects.toThrow(/canary: "true"/);
    });
  },
);
