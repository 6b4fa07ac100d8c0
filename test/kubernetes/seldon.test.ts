import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '@sluice/kubernetes';
import { openRouter, type Router } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { installDefinition } from '../parts/kubernetes/definitions.ts';
import { checkRouter } from './check-router.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';
import { experimentDefinition } from './seldon-definition.ts';
import { takenBack } from './taken-back.ts';

const resource = {
  apiVersion: 'mlops.seldon.io/v1alpha1',
  kind: 'Experiment',
  plural: 'experiments',
  namespaced: true,
};
const MORE = '?stable=qwen-v1&canary=qwen-v2';

interface Experiment extends KubernetesObject {
  readonly spec: { readonly candidates: readonly { readonly name: string; readonly weight: number }[] };
}

describeWithCluster(
  'Experiments of Seldon Core 2 on a real API server',
  async ({ admin }) => await installDefinition(admin, experimentDefinition),
  (cluster) => {
    const at = (namespace: string) => ({ resource, namespace, name: 'qwen' });
    const open = (namespace: string, more = MORE) =>
      openRouter({ kind: 'seldon', target: `${namespace}/Experiment/qwen${more}`, env: cluster().env });
    const candidates = (...weights: readonly number[]) =>
      weights.map((weight, i) => ({ name: `qwen-v${i + 1}`, weight }));

    async function made(spec: object = {}): Promise<string> {
      const namespace = await newNamespace(cluster());
      await cluster().admin.apply({
        apiVersion: resource.apiVersion,
        kind: resource.kind,
        metadata: { namespace, name: 'qwen' },
        spec: { default: 'qwen-v1', candidates: candidates(100, 0), ...spec },
      } as never);
      return namespace;
    }

    it('take shares to a hundredth of a percent, hold the state, and keep what else they say', async () => {
      const mirror = { name: 'qwen-v0', percent: 10 };
      const namespace = await made({ mirror, resourceType: 'pipeline' });
      const router = await open(namespace);
      expect(router.slots).toEqual({ stable: 'qwen-v1', canary: 'qwen-v2' });
      await checkRouter(router, await open(namespace));
      await router.setWeight(0.01);
      expect(await cluster().admin.get<Experiment>(at(namespace))).toMatchObject({
        spec: { default: 'qwen-v1', candidates: candidates(9999, 1), mirror, resourceType: 'pipeline' },
      });
    });

    it('are at 0 % and closed after one write', async () => {
      const namespace = await made();
      const router = await open(namespace);
      await router.state?.compareAndSet({ n: 1 }, undefined, 50);
      const seen = await router.state?.read();
      const before = await cluster().admin.get(at(namespace));
      expect((await router.state?.compareAndSet({ closed: true }, seen, 0))?.ok).toBe(true);
      const after = await cluster().admin.get<Experiment>(at(namespace));
      expect(after?.spec.candidates).toEqual(candidates(10_000, 0));
      expect(after?.metadata.annotations?.['sluice/rollout']).toBe('{"closed":true}');
      expect(after?.metadata.generation).toBe((before?.metadata.generation ?? 0) + 1);
      // what has to be done is done: no further write
      await router.setWeight(0);
      expect((await cluster().admin.get(at(namespace)))?.metadata.resourceVersion).toBe(
        after?.metadata.resourceVersion,
      );
    });

    it('lose no write to ticks at once and to a controller that says how they stand', async () => {
      const namespace = await made();
      const routers = await Promise.all([open(namespace), open(namespace)]);
      let over = false;
      const count = async (one: Router) => {
        for (let done = 0; done < 10; ) {
          const now = await one.state?.read();
          const n = ((now?.value as { n?: number } | undefined)?.n ?? 0) + 1;
          if ((await one.state?.compareAndSet({ n }, now, n))?.ok) done++;
        }
      };
      const counted = Promise.all(routers.map(count)).finally(() => (over = true));
      for (let n = 0; !over; n++) {
        await say(namespace, { type: 'Ready', status: 'True', message: String(n) });
        await sleep(10);
      }
      await counted;
      const router = await open(namespace);
      expect([(await router.state?.read())?.value, await router.weight()]).toEqual([{ n: 20 }, 20]);
    });

    it('show a weight that somebody else has set', async () => {
      const namespace = await made();
      const router = await open(namespace);
      await router.setWeight(25);
      const body = { spec: { candidates: candidates(1, 3) } };
      await cluster().admin.patch(at(namespace), { type: 'merge', body });
      expect(await router.weight()).toBe(75);
      await router.setWeight(0);
      expect((await cluster().admin.get<Experiment>(at(namespace)))?.spec.candidates).toEqual(
        candidates(10_000, 0),
      );
    });

    async function say(namespace: string, ...conditions: readonly object[]): Promise<void> {
      await cluster().admin.patch(
        at(namespace),
        { type: 'merge', body: { status: { conditions } } },
        { subresource: 'status' },
      );
    }

    it('say whether Seldon follows them', async () => {
      const namespace = await made();
      const router = await open(namespace);
      expect((await router.notes?.())?.[0]).toMatch(/Seldon has said nothing of Experiment qwen yet/);
      const ready = { type: 'Ready', status: 'False' };
      await say(namespace, ready, {
        type: 'CandidatesReady',
        status: 'False',
        reason: 'Candidates not ready',
      });
      expect(await router.notes?.()).toEqual([
        'Seldon says CandidatesReady=False of Experiment qwen: Candidates not ready',
      ]);
      await say(namespace, { ...ready, status: 'True' });
      expect(await router.notes?.()).toEqual([]);
    });

    it('are taken back, drilled first, by a job with the rights of the README', async () => {
      const namespace = await made();
      const target = `${namespace}/Experiment/qwen${MORE}`;
      // a Model is loaded anew under the name that the Experiment has for it
      const put = async () => {};
      const written = async () => (await cluster().admin.get<Experiment>(at(namespace)))?.spec;
      await takenBack(cluster(), { kind: 'seldon', target, put, written }, 'sluice-seldon');
    });

    it('that cannot be steered are refused in words', async () => {
      const none = await newNamespace(cluster());
      await expect(open(none)).rejects.toMatchObject({ exitCode: 2 });
      await expect(open(none)).rejects.toThrow(/Experiment .*\/qwen is not there/);
      const namespace = await made();
      await expect(open(namespace, '')).rejects.toThrow(/Which backend of qwen is stable is not clear/);
      await expect(open(namespace, '?stable=qwen-v1&canary=qwen-v3')).rejects.toThrow(
        /no candidate '?"?qwen-v3'?"?\. Did you mean/,
      );
      await expect(open(namespace, `${MORE}&rule=a`)).rejects.toThrow(/unknown part '?"?rule/);
      await expect(open(await made({ candidates: candidates(0, 0) }))).rejects.toThrow(/no weight but 0/);
      await expect(open(await made({ candidates: candidates(1, 0, 1) }))).rejects.toThrow(
        /sends requests to qwen-v3 as well/,
      );
      // nor is anybody moved for segments, which they have not, nor a Service of a model's name taken for it
      const router = await open(namespace);
      expect([router.setSegments, router.images]).toEqual([undefined, undefined]);
    });
  },
);
