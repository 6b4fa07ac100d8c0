import { setTimeout as sleep } from 'node:timers/promises';
import { connectKubernetes, type KubernetesObject } from '@sluice/kubernetes';
import { openRouter, type Router } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { installDefinitions } from '../parts/kubernetes/definitions.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';
import { httpRoute, route as routeResource } from './http-route.ts';

interface Route extends KubernetesObject {
  readonly spec: {
    readonly rules: readonly { readonly backendRefs: readonly { readonly weight: number }[] }[];
  };
}

describeWithCluster(
  'HTTPRoutes of a real API server',
  async ({ admin }) => await installDefinitions(admin, 'gateway-api'),
  (cluster) => {
    async function opened(
      rules?: readonly object[],
      more = '',
    ): Promise<{ router: Router; namespace: string }> {
      const namespace = await newNamespace(cluster());
      await cluster().admin.apply(httpRoute(namespace, 'qwen', rules) as never);
      return { namespace, router: await open(namespace, more) };
    }
    const open = (namespace: string, more = '') =>
      openRouter({ kind: 'gateway-api', target: `${namespace}/HTTPRoute/qwen${more}`, env: cluster().env });
    const at = (namespace: string) => ({ resource: routeResource, namespace, name: 'qwen' });

    it('take shares to a hundredth of a percent, and keep what else they say', async () => {
      const { router, namespace } = await opened();
      for (const percent of [0.01, 1, 33.33, 100, 0]) {
        await router.setWeight(percent);
        expect(await router.weight()).toBe(percent);
      }
      const before = await cluster().admin.get<Route>(at(namespace));
      await router.setWeight(0);
      const after = await cluster().admin.get<Route>(at(namespace));
      expect(after?.metadata.resourceVersion).toBe(before?.metadata.resourceVersion);
      expect(after?.spec.rules[0]).toMatchObject({ matches: [{ path: { value: '/v1' } }], name: 'chat' });
      await expect(router.setWeight(0.001)).rejects.toThrow(/at most 2 decimals/);
    });

    it('are steered for one segment alone where its rule is named', async () => {
      const refs = [
        { name: 'qwen-stable', port: 80 },
        { name: 'qwen-canary', port: 80, weight: 0 },
      ];
      const eu = [{ headers: [{ name: 'x-region', value: 'eu' }] }];
      const { router, namespace } = await opened(
        [
          { name: 'eu', matches: eu, backendRefs: refs },
          { name: 'rest', backendRefs: refs },
        ],
        '?rule=eu',
      );
      await router.setWeight(25);
      const route = await cluster().admin.get<Route>(at(namespace));
      expect(route?.spec.rules.map((rule) => rule.backendRefs.map(({ weight }) => weight))).toEqual([
        [7500, 2500],
        [1, 0],
      ]);
      expect(await router.weight()).toBe(25);
    });

    it('are another router after they were made anew, and the same after a change', async () => {
      const { router, namespace } = await opened();
      const before = await router.identity();
      await router.setWeight(5);
      expect(await router.identity()).toBe(before);
      await cluster().admin.delete(at(namespace));
      await expect(router.weight()).rejects.toThrow(/HTTPRoute .*qwen is not there/);
      await cluster().admin.apply(httpRoute(namespace, 'qwen') as never);
      expect(await router.identity()).not.toBe(before);
    });

    it('hold a state that only who has seen the last one replaces, with the share in the same write', async () => {
      const { router, namespace } = await opened();
      const state = router.state;
      if (!state) throw new Error('no state');
      expect(await state.read()).toBeUndefined();
      const first = await state.compareAndSet({ n: 1 }, undefined, 5);
      if (!first.ok) throw new Error('not written');
      expect([await router.weight(), (await state.read())?.value]).toEqual([5, { n: 1 }]);
      const other = await open(namespace);
      const second = await other.state?.compareAndSet({ n: 2, long: 'x'.repeat(60_000) }, first.state, 25);
      expect(second?.ok).toBe(true);
      // who has not seen the second one neither writes nor moves
      expect(await state.compareAndSet({ n: 3 }, first.state, 50)).toMatchObject({
        ok: false,
        current: { value: { n: 2 } },
      });
      expect(await router.weight()).toBe(25);
      const route = await cluster().admin.get(at(namespace));
      expect(route?.metadata.annotations?.['sluice/rollout']?.length).toBeLessThan(2000);
    });

    it('do not follow a step that was frozen while another one decided', async () => {
      const { router: frozen, namespace } = await opened();
      const seen = await frozen.state?.compareAndSet({ share: 50 }, undefined);
      const other = await open(namespace);
      await other.state?.read();
      await other.state?.compareAndSet({ closed: true }, seen?.ok ? seen.state : undefined, 0);
      await expect(frozen.setWeight(50)).rejects.toThrow(/another step has decided since/);
      expect(await other.weight()).toBe(0);
    });

    it('lose no write to other writers', async () => {
      const { router, namespace } = await opened();
      const { env } = cluster();
      const others = await connectKubernetes({ env });
      const routers = await Promise.all([open(namespace), open(namespace), open(namespace)]);
      // each adds one to a number, ten times
      let over = false;
      const count = async (one: Router) => {
        for (let done = 0; done < 10; ) {
          const now = await one.state?.read();
          const n = ((now?.value as { n?: number } | undefined)?.n ?? 0) + 1;
          if ((await one.state?.compareAndSet({ n }, now, n))?.ok) done++;
        }
      };
      const counted = Promise.all(routers.map(count)).finally(() => (over = true));
      // meanwhile a controller that never stops saying how it stands
      for (let n = 0; !over; n++) {
        await others.patch(at(namespace), {
          type: 'merge',
          body: { metadata: { labels: { n: String(n) } } },
        });
        await sleep(10);
      }
      await counted;
      expect((await router.state?.read())?.value).toEqual({ n: 30 });
      expect(await router.weight()).toBe(30);
    });

    it('say what their gateways say of them', async () => {
      const { router, namespace } = await opened();
      expect((await router.notes?.())?.[0]).toMatch(/no gateway has taken the route qwen up/);
      const say = async (status: 'True' | 'False', generation: number) => {
        const condition = (type: string, value: string) => ({
          type,
          status: value,
          reason: value === 'True' ? type : 'BackendNotFound',
          message: '',
          lastTransitionTime: new Date().toISOString(),
          observedGeneration: generation,
        });
        const parents = [
          {
            parentRef: { name: 'public' },
            controllerName: 'example.com/gateway',
            conditions: [condition('Accepted', 'True'), condition('ResolvedRefs', status)],
          },
        ];
        const patch = { type: 'merge', body: { status: { parents } } } as const;
        await cluster().admin.patch(at(namespace), patch, { subresource: 'status' });
      };
      await say('True', 1);
      expect(await router.notes?.()).toEqual([]);
      await say('False', 1);
      expect(await router.notes?.()).toEqual([
        'gateway public says ResolvedRefs=False of qwen: BackendNotFound',
      ]);
      await say('True', 1);
      // a gateway that takes a moment is waited for
      const moved = router.setWeight(10);
      const early = await Promise.race([
        moved.then(() => true),
        new Promise((resolve) => setTimeout(resolve, 300, false)),
      ]);
      await say('True', 2);
      await moved;
      expect(early).toBe(false);
      expect(await router.notes?.()).toEqual([]);
    });

    it('that cannot be steered are refused in words', async () => {
      const namespace = await newNamespace(cluster());
      await expect(open(namespace)).rejects.toMatchObject({ exitCode: 2 });
      await expect(open(namespace)).rejects.toThrow(/HTTPRoute .*\/qwen is not there/);
      await cluster().admin.apply(
        httpRoute(namespace, 'qwen', [{ backendRefs: [{ name: 'a', port: 80 }] }]) as never,
      );
      await expect(open(namespace)).rejects.toThrow(/Which backend of qwen is stable is not clear/);
      await expect(open(namespace, '?stable=a&canary=b')).rejects.toThrow(
        /no rule with both backends a and b/,
      );
      const unknown = {
        kind: 'gateway-api',
        target: `${namespace}/HTTPRoute/qwen?context=prod`,
        env: cluster().env,
      };
      await expect(openRouter(unknown)).rejects.toThrow(/has no context .*prod/);
    });
  },
);
