import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '@sluice/kubernetes';
import { openRouter } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';
import { route as httpResource, httpRoute } from './http-route.ts';

interface Rule {
  readonly name?: string;
  readonly matches?: readonly { readonly headers?: readonly object[] }[];
  readonly backendRefs?: readonly { readonly weight: number }[];
}

interface Route extends KubernetesObject {
  readonly spec: { readonly rules: readonly Rule[] };
}

const EU = { 'x-region': ['eu', 'us'] };
const refs = [
  { name: 'qwen-stable', port: 80, weight: 1 },
  { name: 'qwen-canary', port: 80, weight: 0 },
];
const docs = {
  name: 'docs',
  matches: [{ path: { type: 'PathPrefix', value: '/docs' } }],
  backendRefs: [{ name: 'docs', port: 80 }],
};
const chat = {
  name: 'chat',
  matches: [{ path: { type: 'PathPrefix', value: '/v1' } }],
  filters: [
    { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'x-seen', value: '1' }] } },
  ],
  timeouts: { request: '600s' },
  backendRefs: refs,
};

describeWithCluster(
  'segments in routes of a real API server',
  async ({ admin }) => await installDefinitions(admin, 'gateway-api'),
  (cluster) => {
    const at = (namespace: string) => ({ resource: httpResource, namespace, name: 'qwen' });
    const open = (namespace: string, more = '') =>
      openRouter({ kind: 'gateway-api', target: `${namespace}/HTTPRoute/qwen${more}`, env: cluster().env });
    async function opened(rules: readonly object[] = [docs, chat], more = '') {
      const namespace = await newNamespace(cluster());
      await cluster().admin.apply(httpRoute(namespace, 'qwen', rules) as never);
      return { namespace, router: await open(namespace, more) };
    }
    const get = async (namespace: string) => (await cluster().admin.get<Route>(at(namespace))) as Route;
    const shown = async (namespace: string) =>
      (await get(namespace)).spec.rules.map(({ name, backendRefs }) => [
        name,
        ...(backendRefs ?? []).map(({ weight }) => weight),
      ]);

    it('are a rule with their headers, known again by another process, and gone once everybody is at one slot', async () => {
      const { router, namespace } = await opened();
      const before = await get(namespace);
      await router.setSegments?.(EU, 'stable');
      const told = await get(namespace);
      expect(told.metadata.generation).toBe((before.metadata.generation ?? 0) + 1);
      expect(told.spec.rules[1]).toEqual({
        ...before.spec.rules[1],
        name: 'chat-segment',
        matches: [
          {
            ...before.spec.rules[1]?.matches?.[0],
            headers: [{ type: 'RegularExpression', name: 'x-region', value: '(?i)^(?:eu|us)$' }],
          },
        ],
        backendRefs: [
          expect.objectContaining({ name: 'qwen-stable', weight: 10_000 }),
          expect.objectContaining({ name: 'qwen-canary', weight: 0 }),
        ],
      });
      const other = await open(namespace);
      expect(await other.segments?.()).toEqual(EU);
      await other.setWeight(25);
      expect([await router.weight(), await shown(namespace)]).toEqual([
        25,
        [
          ['docs', 1],
          ['chat-segment', 7500, 2500],
          ['chat', 10_000, 0],
        ],
      ]);
      // nothing is put in order while they are split
      await router.close?.('stable');
      expect(await router.segments?.()).toEqual(EU);
      await router.setWeight(0);
      await router.close?.('stable');
      const after = await get(namespace);
      expect(after.spec.rules.map((rule) => ({ ...rule, backendRefs: 0 }))).toEqual(
        before.spec.rules.map((rule) => ({ ...rule, backendRefs: 0 })),
      );
      expect([after.metadata.annotations ?? {}, await router.weight()]).toEqual([{}, 0]);
    });

    it('are told anew, and keep what others write into the route meanwhile', async () => {
      const { router, namespace } = await opened();
      await router.setSegments?.(EU, 'stable');
      await router.setWeight(10);
      const { spec } = await get(namespace);
      const health = { ...docs, name: 'health', matches: [{ path: { type: 'Exact', value: '/health' } }] };
      const body = { spec: { rules: [health, ...spec.rules] } };
      await cluster().admin.patch(at(namespace), { type: 'merge', body });
      await router.setSegments?.({ 'x-tenant': ['acme'] }, 'stable');
      expect([await router.weight(), await shown(namespace)]).toEqual([
        10,
        [
          ['health', 1],
          ['docs', 1],
          ['chat-segment', 9000, 1000],
          ['chat', 10_000, 0],
        ],
      ]);
      await router.setSegments?.({}, 'stable');
      expect(await shown(namespace)).toEqual([
        ['health', 1],
        ['docs', 1],
        ['chat', 9000, 1000],
      ]);
    });

    it('that are gone with a route that was applied anew reach nobody, and are put back', async () => {
      const { router, namespace } = await opened();
      await router.setSegments?.(EU, 'stable');
      await router.setWeight(50);
      const body = { spec: { rules: [docs, chat] } };
      await cluster().admin.patch(at(namespace), { type: 'merge', body });
      expect(await router.segments?.()).toEqual({ 'x-region': [] });
      await expect(router.setWeight(50)).rejects.toThrow(/rules that qwen had for the segments are gone/);
      expect(await router.weight()).toBe(0);
      await router.setSegments?.(EU, 'stable');
      await router.setWeight(50);
      expect(await shown(namespace)).toEqual([
        ['docs', 1],
        ['chat-segment', 5000, 5000],
        ['chat', 10_000, 0],
      ]);
    });

    it('are one write with the resourceVersion: other writers lose nothing, a frozen step changes nothing', async () => {
      const { router, namespace } = await opened();
      let over = false;
      const noise = (async () => {
        for (let n = 0; !over; n++) {
          const body = { metadata: { labels: { n: String(n) } } };
          await cluster().admin.patch(at(namespace), { type: 'merge', body });
          await sleep(5);
        }
        return (await get(namespace)).metadata.labels?.['n'];
      })();
      for (const [i, segments] of [EU, { 'x-tenant': ['acme'] }, {}, EU].entries()) {
        await router.setSegments?.(segments, 'stable');
        await router.setWeight(i);
      }
      over = true;
      expect(Number(await noise)).toBeGreaterThan(0);
      expect([await router.segments?.(), await router.weight()]).toEqual([EU, 3]);

      const seen = await router.state?.read();
      const newer = await open(namespace);
      await newer.state?.compareAndSet({ closed: true }, seen, 0);
      await expect(router.setSegments?.({}, 'stable')).rejects.toThrow(/another step has decided since/);
      expect(await newer.segments?.()).toEqual(EU);
    });

    it('that a third rule would lose users to, or that no rule is for, are refused before anything is written', async () => {
      const beta = {
        name: 'beta',
        matches: [{ ...chat.matches[0], headers: [{ name: 'x-beta', value: '1' }] }],
        backendRefs: [{ name: 'beta', port: 80 }],
      };
      const { router, namespace } = await opened([chat, beta]);
      const before = await get(namespace);
      await expect(router.setSegments?.(EU, 'stable')).rejects.toMatchObject({ exitCode: 2 });
      await expect(router.setSegments?.(EU, 'stable')).rejects.toThrow(/beta of qwen would lose users/);
      await expect(router.setSegments?.({ 'x-region': ['a b'] }, 'stable')).rejects.toThrow(/segments: /);
      expect((await get(namespace)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
      await expect(open(namespace, '?segments=some')).rejects.toThrow(/segments=.*some.* is unknown/);
    });

    it('are taken back where a gateway refuses the route with them', async () => {
      const { router, namespace } = await opened();
      const say = async (accepted: boolean) => {
        const { metadata } = await get(namespace);
        const condition = {
          type: 'Accepted',
          status: accepted ? 'True' : 'False',
          reason: accepted ? 'Accepted' : 'UnsupportedValue',
          message: accepted ? '' : 'no patterns',
          lastTransitionTime: new Date().toISOString(),
          observedGeneration: metadata.generation,
        };
        const parents = [
          { parentRef: { name: 'public' }, controllerName: 'example.com/gateway', conditions: [condition] },
        ];
        const patch = { type: 'merge', body: { status: { parents } } } as const;
        await cluster().admin.patch(at(namespace), patch, { subresource: 'status' });
      };
      await say(true);
      const before = await get(namespace);
      const told = router.setSegments?.(EU, 'stable').then(
        () => undefined,
        (error: Error) => error,
      );
      const there = (now: Route | undefined) => now?.spec.rules.length === 3;
      await cluster().admin.until<Route>(at(namespace), there, { timeout: 60_000 });
      await say(false);
      expect(await told).toMatchObject({ exitCode: 2 });
      expect((await told)?.message).toMatch(
        /Accepted=False of qwen: UnsupportedValue no patterns\. .*segments=exact/,
      );
      const after = await get(namespace);
      const without = ({ spec }: Route) => spec.rules.map((rule) => ({ ...rule, backendRefs: 0 }));
      expect([without(after), after.metadata.annotations ?? {}]).toEqual([without(before), {}]);

      await say(true);
      const exact = await open(namespace, '?segments=exact');
      const again = exact.setSegments?.(EU, 'stable');
      await cluster().admin.until<Route>(at(namespace), there, { timeout: 60_000 });
      await say(true);
      await again;
      expect((await get(namespace)).spec.rules[1]?.matches?.map(({ headers }) => headers)).toEqual(
        ['eu', 'us'].map((value) => [{ type: 'Exact', name: 'x-region', value }]),
      );
    });

    it('are rules of a GRPCRoute too', async () => {
      const namespace = await newNamespace(cluster());
      await cluster().admin.apply({
        apiVersion: httpResource.apiVersion,
        kind: 'GRPCRoute',
        metadata: { namespace, name: 'qwen' },
        spec: {
          parentRefs: [{ name: 'public' }],
          rules: [
            { matches: [{ method: { service: 'inference.GRPCInferenceService' } }], backendRefs: refs },
            { backendRefs: refs },
          ],
        },
      } as never);
      const target = `${namespace}/GRPCRoute/qwen`;
      const router = await openRouter({ kind: 'gateway-api', target, env: cluster().env });
      await router.setSegments?.(EU, 'stable');
      await router.setWeight(5);
      expect([await router.segments?.(), await router.weight()]).toEqual([EU, 5]);
      const resource = await cluster().admin.resource(httpResource.apiVersion, 'GRPCRoute');
      const { spec } = (await cluster().admin.get<Route>({ resource, namespace, name: 'qwen' })) as Route;
      expect(spec.rules.map(({ backendRefs }) => backendRefs?.map(({ weight }) => weight))).toEqual([
        [9500, 500],
        [10_000, 0],
        [9500, 500],
        [10_000, 0],
      ]);
    });
  },
);
