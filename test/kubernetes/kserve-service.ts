import { setTimeout as sleep } from 'node:timers/promises';
import { connectKubernetes, type KubernetesObject, type Resource } from '@sluice/kubernetes';
import { openRouter, type Router } from '@sluice/traffic';
import { describe, expect, it } from 'vitest';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { newNamespace } from './cluster.ts';
import { KserveController } from './kserve-controller.ts';

const SERVICE: Resource = {
  apiVersion: 'serving.kserve.io/v1beta1',
  kind: 'InferenceService',
  plural: 'inferenceservices',
  namespaced: true,
};

interface Service extends KubernetesObject {
  readonly spec: {
    readonly predictor: {
      readonly canaryTrafficPercent?: number;
      readonly model: { readonly storageUri: string; readonly args?: readonly string[] };
    };
  };
  readonly status?: {
    readonly components?: { readonly predictor?: { readonly latestRolledoutRevision?: string } };
  };
}

const uri = (n: number) => `oci://registry.example/qwen@sha256:${String(n).repeat(64)}`;

/** One whose first model has all users. */
export async function servedModel(cluster: ControlPlane) {
  const { admin, env } = cluster;
  const namespace = await newNamespace(cluster);
  const at = { resource: SERVICE, namespace, name: 'qwen' };
  await admin.create(SERVICE, {
    metadata: { namespace, name: 'qwen' },
    spec: {
      predictor: {
        minReplicas: 1,
        model: { modelFormat: { name: 'huggingface' }, storageUri: uri(1), args: ['--dtype=bfloat16'] },
      },
    },
  } as never);
  const controller = new KserveController(admin, at);
  const target = `${namespace}/InferenceService/qwen`;
  const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
    for (const end = Date.now() + 20_000; !(await holds()); await sleep(20))
      if (Date.now() > end) throw new Error(`${what}: not yet: ${JSON.stringify(controller.traffic)}`);
  };
  const service = async () => {
    const now = await admin.get<Service>(at);
    if (!now) throw new Error('it is gone');
    return now;
  };
  // by what KServe has said: what its stand-in has made up its mind to may be on its way still
  await until('first model', async () => {
    const { predictor } = (await service()).status?.components ?? {};
    return predictor?.latestRolledoutRevision !== undefined && controller.traffic[1] === 100;
  });
  /** What a pipeline does before the first tick: the new model, and nobody for it. */
  const put = async (model: number | string) => {
    const storageUri = typeof model === 'string' ? model : uri(model);
    const predictor = { canaryTrafficPercent: 0, model: { storageUri, args: null } };
    await admin.patch(at, { type: 'merge', body: { spec: { predictor } } });
    await until('revision', async () => !/no version besides/.test((await (await open()).wrong?.()) ?? ''));
  };
  const open = (timeout?: number) =>
    openRouter({ kind: 'kserve', target, env, ...(timeout === undefined ? {} : { timeout }) });
  return { at, admin, controller, until, service, put, open, target, uri };
}

/** An InferenceService on Knative, with a stand-in for KServe's controller. */
export function inferenceServices(cluster: () => ControlPlane): void {
  describe('an InferenceService', () => {
    const served = () => servedModel(cluster());
    const stateOf = ({ state }: Router) => {
      if (!state) throw new Error('no state');
      return state;
    };

    it('takes shares, is promoted, and swaps the slots for the next model', async () => {
      const { controller, put, open, service, until } = await served();
      await using _ = controller;
      const first = await open();
      expect([await first.weight(), first.slots]).toEqual([
        0,
        { stable: 'qwen-predictor-00001', canary: 'canary' },
      ]);
      expect(await first.wrong?.()).toMatch(/no version besides the one that has all users/);
      const begun = await stateOf(first).compareAndSet({ phase: 'starting' }, undefined);
      await put(2);
      const router = await open();
      expect(router.slots).toEqual({ stable: 'qwen-predictor-00001', canary: 'qwen-predictor-00002' });
      expect(await router.images?.('stable')).toEqual([{ pod: 'qwen-predictor-00001', images: [uri(1)] }]);
      expect(await router.images?.('canary')).toEqual([{ pod: 'qwen-predictor-00002', images: [uri(2)] }]);
      expect([await router.weight(), await router.wrong?.(), await router.notes?.()]).toEqual([
        0,
        undefined,
        [],
      ]);
      const moved = await stateOf(router).compareAndSet({ weight: 1 }, begun.ok ? begun.state : undefined, 1);
      expect([moved.ok, await router.weight()]).toEqual([true, 1]);
      for (const percent of [5, 25, 95]) {
        await router.setWeight(percent);
        expect([await router.weight(), controller.traffic]).toEqual([
          percent,
          { 1: 100 - percent, 2: percent },
        ]);
      }
      const before = await service();
      await router.setWeight(95);
      expect((await service()).metadata.generation).toBe(before.metadata.generation);
      await expect(router.setWeight(0.5)).rejects.toThrow(/in steps of 1 %/);

      await router.setWeight(100);
      await until('promoted', async () => {
        await router.close?.('canary');
        return (await service()).spec.predictor.canaryTrafficPercent === undefined;
      });
      expect([await router.weight(), controller.traffic]).toEqual([100, { 2: 100 }]);
      expect(await router.wrong?.()).toMatch(/no version besides/);

      await put(3);
      const next = await open();
      expect([await next.weight(), next.slots.stable, controller.traffic]).toEqual([
        100,
        'qwen-predictor-00003',
        { 2: 100 },
      ]);
      await next.setWeight(90);
      expect(controller.traffic).toEqual({ 2: 90, 3: 10 });
      await next.setWeight(0);
      expect(controller.traffic).toEqual({ 3: 100 });
      // watched, and taken back: KServe goes to the revision before
      await next.setWeight(100);
      expect([await next.weight(), controller.traffic]).toEqual([100, { 2: 100 }]);
    });

    it('is taken back in one write, and then holds the earlier model again, without users', async () => {
      const { controller, put, open, service, until } = await served();
      await using _ = controller;
      const first = await open();
      const begun = await stateOf(first).compareAndSet({ phase: 'starting' }, undefined);
      await put(2);
      const router = await open();
      const moved = await stateOf(router).compareAndSet(
        { weight: 25 },
        begun.ok ? begun.state : undefined,
        25,
      );
      await router.setWeight(25);
      const closed = await stateOf(router).compareAndSet(
        { weight: 0 },
        moved.ok ? moved.state : undefined,
        0,
      );
      expect(closed.ok).toBe(true);
      expect(await service()).toMatchObject({
        metadata: { annotations: { 'sluice/rollout': '{"weight":0}' } },
        spec: { predictor: { canaryTrafficPercent: 0, model: { storageUri: uri(2) } } },
      });
      await router.setWeight(0);
      expect(controller.traffic).toEqual({ 1: 100 });
      await router.close?.('stable');
      const { predictor } = (await service()).spec;
      expect(predictor).toMatchObject({
        canaryTrafficPercent: 0,
        model: { storageUri: uri(1), args: ['--dtype=bfloat16'] },
      });
      await until('the earlier model again', async () =>
        /holds the model/.test((await router.wrong?.()) ?? ''),
      );
      expect([await router.weight(), controller.traffic]).toEqual([0, { 1: 100 }]);
      // said again, it changes nothing; a model that comes next gets nobody, and is none of the closed rollout's business
      const { generation } = (await service()).metadata;
      await router.close?.('stable');
      expect((await service()).metadata.generation).toBe(generation);
      await put(4);
      await router.close?.('stable');
      expect((await service()).spec.predictor.model.storageUri).toBe(uri(4));
      await until('next model', async () => (await router.wrong?.()) === undefined);
      expect([await router.weight(), controller.traffic]).toEqual([0, { 1: 100 }]);
      const next = await open();
      await next.setWeight(10);
      expect(controller.traffic).toEqual({ 1: 90, 4: 10 });
    });

    it('goes back to the model before after it was promoted', async () => {
      const { controller, put, open, service, until } = await served();
      await using _ = controller;
      await stateOf(await open()).compareAndSet({ n: 0 }, undefined);
      await put(2);
      const router = await open();
      await router.setWeight(100);
      await until('promoted', async () => {
        await router.close?.('canary');
        return (await service()).spec.predictor.canaryTrafficPercent === undefined;
      });
      await router.setWeight(0);
      expect([await router.weight(), controller.traffic]).toEqual([0, { 1: 100 }]);
      await router.close?.('stable');
      expect((await service()).spec.predictor).toMatchObject({
        canaryTrafficPercent: 0,
        model: { storageUri: uri(1) },
      });
    });

    it('follows neither a step that was frozen nor one that has seen less, and loses no write to others', async () => {
      const { controller, put, open, target } = await served();
      await using _ = controller;
      await put(2);
      const frozen = await open();
      const seen = await stateOf(frozen).compareAndSet({ share: 50 }, undefined, 0);
      const other = await open();
      await other.state?.read();
      await other.state?.compareAndSet({ closed: true }, seen.ok ? seen.state : undefined, 0);
      await expect(frozen.setWeight(50)).rejects.toThrow(/another step has decided since/);
      expect(await other.weight()).toBe(0);

      const routers = await Promise.all([open(), open(), open()]);
      const kubectl = await connectKubernetes({ env: cluster().env });
      let over = false;
      const count = async (one: Router) => {
        for (let done = 0; done < 5; ) {
          const now = await one.state?.read();
          const n = ((now?.value as { n?: number } | undefined)?.n ?? 0) + 1;
          if ((await one.state?.compareAndSet({ n }, now, n))?.ok) done++;
        }
      };
      const counted = Promise.all(routers.map(count)).finally(() => (over = true));
      const [namespace = ''] = target.split('/');
      for (let n = 0; !over; n++, await sleep(10))
        await kubectl.patch(
          { resource: SERVICE, namespace, name: 'qwen' },
          { type: 'merge', body: { metadata: { labels: { n: String(n) } } } },
        );
      await counted;
      expect([(await other.state?.read())?.value, await other.weight()]).toEqual([{ n: 15 }, 15]);
    });

    it('shows what others do to it: another share, another model, a controller that is not there', async () => {
      const { controller, put, open, admin, at, until, service } = await served();
      await using _ = controller;
      await put(2);
      const router = await open();
      expect(await router.notes?.()).toEqual([expect.stringMatching(/00001 was never seen here/)]);
      await router.setWeight(25);
      const edit = (predictor: object) => admin.patch(at, { type: 'merge', body: { spec: { predictor } } });
      await edit({ canaryTrafficPercent: 5 });
      await until('5 %', async () => (await router.weight()) === 5);
      await edit({ canaryTrafficPercent: null });
      await until('100 %', async () => (await router.weight()) === 100);
      await router.setWeight(25);
      controller.broken.add(3);
      await edit({ model: { storageUri: uri(3) } });
      await until('another model', async () =>
        /has not brought up .*00003/.test((await router.wrong?.()) ?? ''),
      );
      await edit({ model: { storageUri: uri(4) } });
      await until('another model', async () =>
        /has changed since its share was set/.test((await router.wrong?.()) ?? ''),
      );

      const quick = await open(500);
      await quick.setWeight(40);
      controller.frozen = true;
      await quick.setWeight(60);
      expect(await quick.weight()).toBe(60);
      expect(await quick.notes?.()).toContainEqual(expect.stringMatching(/sends 40 % .* on its way to 60 %/));
      // users that are not taken back are said, whatever the specification says
      await expect(quick.setWeight(0)).rejects.toThrow(/after 500 ms KServe still sends it 40 % more/);
      expect((await service()).spec.predictor.canaryTrafficPercent).toBe(0);
      expect(await quick.weight()).toBe(40);
      controller.frozen = false;
      await quick.setWeight(0);
      expect([await quick.weight(), controller.traffic]).toEqual([0, { 1: 100 }]);
    });

    it('that cannot be steered is refused in words', async () => {
      const { admin, env } = cluster();
      const namespace = await newNamespace(cluster());
      const open = (path: string) => openRouter({ kind: 'kserve', target: `${namespace}/${path}`, env });
      await expect(open('InferenceService/qwen')).rejects.toThrow(/InferenceService .*\/qwen is not there/);
      await expect(open('InferenceServise/qwen')).rejects.toThrow(/did you mean InferenceService/);
      const make = (name: string, annotations: object) =>
        admin.create(SERVICE, {
          metadata: { namespace, name, annotations },
          spec: { predictor: { model: { modelFormat: { name: 'huggingface' }, storageUri: uri(1) } } },
        } as never);
      await make('new', {});
      await expect(open('InferenceService/new')).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/no revision that ever had all users/),
      });
      await make('raw', { 'serving.kserve.io/deploymentMode': 'RawDeployment' });
      await expect(open('InferenceService/raw')).rejects.toThrow(
        /deployment mode RawDeployment.*router gateway-api/,
      );
      await expect(open('InferenceService/raw?canary=x')).rejects.toThrow(/Leave \?canary= out/);
    });
  });
}
