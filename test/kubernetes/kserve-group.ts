import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '@sluice/kubernetes';
import { openRouter, type Router } from '@sluice/traffic';
import { describe, expect, it } from 'vitest';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { newNamespace } from './cluster.ts';

interface Service extends KubernetesObject {
  readonly spec: { readonly router: { readonly route: { readonly weight: number } } };
}

/** Two in one routing group; the second one has nobody. */
export async function groupedServices(cluster: ControlPlane) {
  const { admin, env } = cluster;
  const resource = await admin.resource('serving.kserve.io/v1alpha2', 'LLMInferenceService');
  const namespace = await newNamespace(cluster);
  const make = async (name: string, group: string, weight: number, model = 'qwen') =>
    await admin.create<Service>(resource, {
      metadata: { namespace, name },
      spec: {
        model: { uri: 'hf://Qwen/Qwen3-8B', name: model },
        replicas: 1,
        router: { gateway: {}, route: { group, weight }, scheduler: {} },
      },
    } as never);
  await make('qwen', 'chat', 100);
  await make('qwen-next', 'chat', 0);
  const at = (name: string) => ({ resource, namespace, name });
  const weights = async () =>
    await Promise.all(
      ['qwen', 'qwen-next'].map(
        async (name) => (await admin.get<Service>(at(name)))?.spec.router.route.weight,
      ),
    );
  const open = (path = 'qwen') =>
    openRouter({ kind: 'kserve', target: `${namespace}/LLMInferenceService/${path}`, env });
  return { admin, make, at, weights, open, target: `${namespace}/LLMInferenceService/qwen` };
}

/** Two LLMInferenceServices of one routing group; what KServe says of them is said by the test. */
export function routingGroups(cluster: () => ControlPlane): void {
  describe('two LLMInferenceServices', () => {
    const grouped = () => groupedServices(cluster());
    const stateOf = ({ state }: Router) => {
      if (!state) throw new Error('no state');
      return state;
    };

    it('take shares, and hold the state beside the weight of the one that stays', async () => {
      const { open, weights, at, admin } = await grouped();
      const router = await open();
      expect([router.slots, await router.weight()]).toEqual([{ stable: 'qwen', canary: 'qwen-next' }, 0]);
      const shares: unknown[] = [];
      for (const percent of [1, 5, 33.33, 99.99, 100, 0, 100]) {
        await router.setWeight(percent);
        expect(await router.weight()).toBe(percent);
        shares.push(await weights());
      }
      expect(shares).toEqual([
        [990_000, 10_000],
        [190_000, 10_000],
        [20_003, 10_000],
        [1, 10_000],
        [0, 10_000],
        [10_000, 0],
        [0, 10_000],
      ]);
      await expect(router.setWeight(0.5)).rejects.toThrow(/1 % and more/);
      const version = async () => (await admin.get(at('qwen-next')))?.metadata.resourceVersion;
      const before = await version();
      await router.setWeight(100);
      expect(await version()).toBe(before);

      await router.setWeight(0);
      const begun = await stateOf(router).compareAndSet({ n: 1 }, undefined, 5);
      if (!begun.ok) throw new Error('not written');
      expect([await weights(), (await stateOf(await open()).read())?.value]).toEqual([
        [190_000, 10_000],
        { n: 1 },
      ]);
      const other = await open();
      expect((await stateOf(other).compareAndSet({ n: 2 }, begun.state, 25)).ok).toBe(true);
      // who has not seen the second one neither writes nor moves
      expect(await stateOf(router).compareAndSet({ n: 3 }, begun.state, 0)).toMatchObject({
        ok: false,
        current: { value: { n: 2 } },
      });
      await expect(router.setWeight(0)).rejects.toThrow(/another step has decided since/);
      expect(await other.weight()).toBe(25);
    });

    it('give nobody to a candidate whose rollback was killed at any write, and the next tick mends it', async () => {
      const { open, admin, at, weights } = await grouped();
      const router = await open();
      const begun = await stateOf(router).compareAndSet({ share: 25 }, undefined, 25);
      if (!begun.ok) throw new Error('not written');
      // killed between the two writes: the other object has lost its users, and the state has not heard of it
      const weigh = (name: string, weight: number) =>
        admin.patch(at(name), { type: 'merge', body: { spec: { router: { route: { weight } } } } });
      await weigh('qwen-next', 0);
      expect([await router.weight(), (await router.state?.read())?.value]).toEqual([0, { share: 25 }]);
      const next = await open();
      const held = await stateOf(next).read();
      expect((await stateOf(next).compareAndSet({ share: 0 }, held, 0)).ok).toBe(true);
      await next.setWeight(0);
      expect(await weights()).toEqual([10_000, 0]);
      // killed after the state of the first share and before the candidate's weight
      await weigh('qwen', 990_000);
      expect(await next.weight()).toBe(0);
      await next.setWeight(1);
      expect(await weights()).toEqual([990_000, 10_000]);
    });

    it('swap their places with the next rollout, and take that one back in one write', async () => {
      const { open, weights } = await grouped();
      const router = await open();
      await router.setWeight(100);
      await router.close?.('canary');
      const next = await open();
      const begun = await stateOf(next).compareAndSet({ n: 1 }, undefined, 95);
      if (!begun.ok) throw new Error('not written');
      expect(await weights()).toEqual([526, 10_000]);
      expect((await stateOf(next).compareAndSet({ n: 2 }, begun.state, 100)).ok).toBe(true);
      expect(await weights()).toEqual([0, 10_000]);
      await next.close?.('stable');
      await next.setWeight(0);
      expect(await weights()).toEqual([10_000, 0]);
    });

    it('refuse a step that was frozen before it wrote the other object', async () => {
      const { open, admin, at, weights } = await grouped();
      const frozen = await open();
      const seen = await stateOf(frozen).compareAndSet({ share: 0 }, undefined);
      if (!seen.ok) throw new Error('not written');
      const other = await open();
      expect((await stateOf(other).compareAndSet({ closed: true }, seen.state, 0)).ok).toBe(true);
      await expect(frozen.setWeight(50)).rejects.toThrow(/another step has decided since/);
      expect(await weights()).toEqual([10_000, 0]);
      // the other object has changed, though its weight has not: a write on the old one is refused
      expect((await admin.get(at('qwen-next')))?.metadata.annotations?.['sluice/order']).toBe('1');
    });

    it('lose no write to other writers', async () => {
      const { open, admin, at } = await grouped();
      const routers = await Promise.all([open(), open(), open()]);
      let over = false;
      const count = async (one: Router) => {
        for (let done = 0; done < 5; ) {
          const now = await one.state?.read();
          const n = ((now?.value as { n?: number } | undefined)?.n ?? 0) + 1;
          if ((await one.state?.compareAndSet({ n }, now, n))?.ok) done++;
        }
      };
      const counted = Promise.all(routers.map(count)).finally(() => (over = true));
      for (let n = 0; !over; n++, await sleep(10))
        for (const name of ['qwen', 'qwen-next'])
          await admin.patch(at(name), { type: 'merge', body: { metadata: { labels: { n: String(n) } } } });
      await counted;
      const router = await open();
      expect([(await router.state?.read())?.value, await router.weight()]).toEqual([{ n: 15 }, 15]);
    });

    it('say what KServe says of them, and what others do', async () => {
      const { open, admin, at } = await grouped();
      const router = await open();
      expect(await router.notes?.()).toEqual([]);
      await admin.patch(at('qwen-next'), {
        type: 'merge',
        body: { spec: { router: { route: { weight: 50 } } } },
      });
      expect(await router.weight()).toBe(33.33);
      const lastTransitionTime = new Date().toISOString();
      const say = (name: string, members: Readonly<Record<string, number>>) =>
        admin.patch(
          at(name),
          {
            type: 'merge',
            body: {
              status: {
                conditions: [{ type: 'Ready', status: 'False', reason: 'NoReplicas', lastTransitionTime }],
                router: {
                  group: {
                    name: 'chat',
                    members: Object.entries(members).map(([member, weight]) => ({ name: member, weight })),
                  },
                },
              },
            },
          },
          { subresource: 'status' },
        );
      await say('qwen-next', { qwen: 100 });
      expect(await router.notes?.()).toEqual([
        'KServe says Ready=False of qwen-next: NoReplicas',
        'qwen-next is not in the routes of qwen-next yet: KServe adds it when it is ready',
      ]);
      // a controller that takes a moment is waited for
      const moved = router.setWeight(50);
      const early = await Promise.race([moved.then(() => true), sleep(300, false)]);
      await say('qwen-next', { qwen: 10_000, 'qwen-next': 10_000 });
      await moved;
      expect(early).toBe(false);
    });

    it('that would not share users are refused in words', async () => {
      const { open, make, admin, at } = await grouped();
      await expect(open('qwen?canary=qwen')).rejects.toThrow(/two objects are needed/);
      await expect(open('gone')).rejects.toThrow(/LLMInferenceService .*\/gone is not there/);
      await make('elsewhere', 'other', 0);
      await expect(open('qwen?canary=elsewhere')).rejects.toThrow(/elsewhere is in the group .?other/);
      await make('third', 'chat', 0);
      await expect(open()).rejects.toThrow(/canary is not clear; its routing group has qwen-next, third/);
      expect(await (await open('qwen?canary=third')).weight()).toBe(0);
      await make('fourth', 'chat', 5);
      await expect(open('qwen?canary=third')).rejects.toThrow(/sends users to fourth as well/);
      await admin.delete(at('fourth'));
      await make('named', 'chat', 0, 'qwen-2');
      await expect(open('qwen?canary=named')).rejects.toThrow(/of one model name only/);
      // one that is brought up later
      const router = await open('qwen?canary=later');
      expect([await router.weight(), await router.wrong?.()]).toEqual([
        0,
        expect.stringMatching(/later is not there. It is the object of slot canary/),
      ]);
      await expect(router.setWeight(5)).rejects.toThrow(/later is not there/);
      expect(await router.weight()).toBe(0);
      await make('later', 'chat', 0);
      await router.setWeight(5);
      expect([await router.weight(), await router.wrong?.()]).toEqual([5, undefined]);
    });
  });
}
