import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resources } from '@sluice/kubernetes';
import { run } from '@sluice/process';
import type { Instance } from '@sluice/rollout';
import { takeObjectsDown } from '@sluice/steering';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWithCluster, newNamespace } from '../kubernetes/cluster.ts';
import { runPods } from '../parts/kubernetes/pods.ts';
import { Stage } from './stage.ts';

const MANIFEST = (namespace: string) => `# the chat service
apiVersion: apps/v1
kind: Deployment
metadata: {name: "chat-{slot}", namespace: ${namespace}}
spec:
  replicas: 2
  selector: {matchLabels: {app: chat, slot: "{slot}"}}
  template:
    metadata: {labels: {app: chat, slot: "{slot}", version: "{version}"}}
    spec:
      containers:
        - {name: vllm, image: "{image}"}
---
apiVersion: v1
kind: Service
metadata: {name: "chat-{slot}", namespace: ${namespace}}
spec: {selector: {app: chat, slot: "{slot}"}, ports: [{port: 8000}]}
`;

interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: { readonly image: string }[] } };
  };
}

describeWithCluster(
  'the new version, brought up in a cluster',
  async () => {},
  (cluster) => {
    let stage: Stage;
    let namespace: string;
    let pods: AsyncDisposable;
    beforeEach(async () => {
      stage = await Stage.open();
      Object.assign(stage.host.env, cluster().env);
      namespace = await newNamespace(cluster());
      pods = runPods(cluster().admin, { fails: (image) => image.startsWith('broken') });
      await writeFile(join(stage.host.workspace, 'chat.yaml'), MANIFEST(namespace));
    });
    afterEach(async () => {
      await pods[Symbol.asyncDispose]();
      await stage[Symbol.asyncDispose]();
    });

    const deployment = async (slot: string) =>
      cluster().admin.get<Deployment & { metadata: { name: string } }>({
        resource: resources.deployment,
        namespace,
        name: `chat-${slot}`,
      });
    const shape = async (slot: string) => {
      const found = await deployment(slot);
      return found && `${found.spec.replicas} of ${found.spec.template.spec.containers[0]?.image}`;
    };
    const start = (more = '') => `{manifest: chat.yaml, drain: 0s, ready-timeout: 60s${more}}`;

    it('is applied, waited for, and scaled to 0 once it was taken back; another rollout raises it again', async () => {
      const { start: given } = await stage.judged();
      await stage.withUsers(() => stage.step({ ...given, start: start(), plan: '50@1h,100@1h' }));
      expect(await shape('canary')).toBe(`2 of ${given['image']}`);
      expect(
        await cluster().admin.get({ resource: resources.service, namespace, name: 'chat-canary' }),
      ).toBeDefined();
      expect(await shape('stable')).toBeUndefined();
      await stage.tickUntil(50);
      await stage.step({ command: 'abort', reason: 'a test' });
      expect(await shape('canary')).toBe(`0 of ${given['image']}`);

      const next = await stage.judged({ runId: 'run-0000-0002', version: 'qwen-v1.2.0' });
      stage.servers.canary.version = 'qwen-v1.2.0';
      await stage.withUsers(() =>
        stage.step({ ...next.start, start: start(', after-rollback: delete'), plan: '50@1h,100@1h' }),
      );
      expect(await shape('canary')).toBe(`2 of ${next.start['image']}`);
      await stage.step({ command: 'abort', reason: 'a test' });
      expect(await shape('canary')).toBeUndefined();
    });

    it('is taken down, but the object that the router is steered by is never deleted', async () => {
      const { env, kubectl, admin } = cluster();
      const text = MANIFEST(namespace);
      const instance = {
        version: 'qwen-v1.1.0',
        runId: 'run-0000-0001',
        image: 'reg.example/qwen@sha256:aa',
      };
      const manifest = text
        .replaceAll('{slot}', 'canary')
        .replaceAll('{version}', 'v1')
        .replaceAll('{image}', instance.image);
      const applied = await run([kubectl, 'apply', '-f', '-'], { stdin: manifest, env: { ...env } });
      expect(applied.code, applied.tail.join('\n')).toBe(0);
      const target = `${namespace}/deployment/chat-canary?timeout=5s`;
      const how = { env, signal: new AbortController().signal };
      await takeObjectsDown(
        instance as Instance,
        { kind: 'manifest', manifest: text } as Extract<Instance['start'], { kind: 'manifest' }>,
        'canary',
        'delete',
        target,
        how,
      );
      expect(await shape('canary')).toBe(`0 of ${instance.image}`);
      const service = { resource: resources.service, namespace, name: 'chat-canary' };
      expect(await admin.get(service)).toBeUndefined();
    });

    it('moves into the slot stable when the time of the old one is over, and canary is taken down', async () => {
      const { start: given } = await stage.judged();
      // what is live before was brought up by hand
      const old = MANIFEST(namespace)
        .replaceAll('{slot}', 'stable')
        .replaceAll('{version}', 'v1')
        .replaceAll('{image}', 'reg.example/old@sha256:aa');
      const applied = await run([cluster().kubectl, 'apply', '-f', '-'], {
        stdin: old,
        env: { ...cluster().env },
      });
      expect(applied.code, applied.tail.join('\n')).toBe(0);
      const whole = { ...given, start: start(), 'keep-old': '5s', wait: 'true', 'wait-limit': '90s' };
      await stage.withUsers(() => stage.step(whole));
      expect(await stage.router.weight()).toBe(100);
      expect(await shape('stable')).toMatch(/^2 of reg\.example\/old/);

      stage.servers.stable.version = 'qwen-v1.1.0';
      const { failures } = await stage.withUsers(async () => {
        for (const end = Date.now() + 60_000; (await shape('canary')) !== `0 of ${given['image']}`; ) {
          await stage.step();
          if (Date.now() > end) throw new Error(`still ${await shape('canary')}`);
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      });
      expect(failures).toEqual([]);
      expect(await shape('stable')).toBe(`2 of ${given['image']}`);
      expect(await stage.router.weight()).toBe(0);
      const state = await stage.state();
      expect(state).toMatchObject({ live: 'stable', rollout: { phase: 'complete', candidate: 'stable' } });
      expect((await stage.step()).outputs).toMatchObject({ decision: 'none', deploy: true });
      // the version before it is gone: that is said before anything moves
      const cold = await stage.rollback({ 'run-id': 'run-0000-0001' });
      expect(cold.refused).toMatch(/was taken down when its time was over/);
      const deployment = `${namespace}/deployment/chat-stable`;
      const later = await stage.rollback({
        'run-id': 'run-0000-0001',
        method: 'rollout-undo,traffic',
        deployment,
      });
      expect(later.refused).toMatch(/method rollout-undo without traffic/);
      expect(await stage.router.weight()).toBe(0);
      expect(await shape('stable')).toBe(`2 of ${given['image']}`);

      // the slot itself goes back, with its users in it, also where that was done before
      stage.servers.stable.version = 'qwen-v1.0.0';
      for (const _ of [1, 2]) {
        const back = await stage.rollback({ 'run-id': 'run-0000-0001', method: 'rollout-undo', deployment });
        expect(back.refused).toBeUndefined();
        expect(back.outputs).toMatchObject({ 'rolled-back': true, verified: true });
        expect(await shape('stable')).toMatch(/^2 of reg\.example\/old/);
      }
      expect((await stage.step()).outputs.decision).toBe('none');
      expect(await stage.router.weight()).toBe(0);
      expect(await stage.state()).toMatchObject({
        live: 'stable',
        rollout: null,
        history: [{ runId: 'run-0000-0001', revertedAt: expect.any(Number) }],
      });
    });

    it('that never becomes ready gets nobody, and a wrong manifest is bad input', async () => {
      const { start: given } = await stage.judged();
      await writeFile(
        join(stage.host.workspace, 'chat.yaml'),
        MANIFEST(namespace).replace('"{image}"', 'broken:1'),
      );
      const slow = start().replace('60s', '2s');
      await expect(stage.step({ ...given, start: slow })).rejects.toThrow(
        /Deployment chat-canary was applied, but was not ready within 2s/,
      );
      expect(await stage.router.weight()).toBe(0);
      await writeFile(
        join(stage.host.workspace, 'chat.yaml'),
        MANIFEST(namespace).replace('"{image}"', '{image}'),
      );
      const other = await stage.judged({ runId: 'run-0000-0002' });
      await expect(stage.step({ ...other.start, start: start(), busy: 'replace' })).rejects.toThrow(
        /write "\{image\}"/,
      );
    });
  },
);
