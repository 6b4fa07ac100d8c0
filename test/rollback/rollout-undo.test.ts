import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { resources } from '@sluice/kubernetes';
import { run } from '@sluice/process';
import type { Completed } from '@sluice/rollout';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { definition } from '../../actions/rollback/src/definition.ts';
import { rolloutUndo } from '../../actions/rollback/src/methods/rollout-undo.ts';
import { describeWithCluster, newNamespace } from '../kubernetes/cluster.ts';
import { runPods } from '../parts/kubernetes/pods.ts';

const image = (n: number) => `reg.example/qwen@sha256:${String(n).repeat(64)}`;
/** What each kind has of its own. */
const KINDS = {
  deployment: { kind: 'Deployment', own: 'replicas: 2', resource: resources.deployment },
  statefulset: {
    kind: 'StatefulSet',
    own: 'replicas: 2\n  serviceName: chat',
    resource: resources.statefulSet,
  },
  daemonset: { kind: 'DaemonSet', own: 'minReadySeconds: 0', resource: resources.daemonSet },
} as const;
type Kind = keyof typeof KINDS;

const manifest = (namespace: string, name: string, n: number, kind: Kind = 'deployment') => `
apiVersion: apps/v1
kind: ${KINDS[kind].kind}
metadata:
  name: ${name}
  namespace: ${namespace}
  annotations: {team: "of version ${n}", kubernetes.io/change-cause: "version ${n}"}
spec:
  ${KINDS[kind].own}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}, version: v${n}}, annotations: {note: "n${n}"}}
    spec:
      containers:
        - {name: vllm, image: "${image(n)}", args: ["--model", "m${n}"]}
`;

describeWithCluster(
  'a workload',
  async () => {},
  (cluster) => {
    let namespace: string;
    let pods: AsyncDisposable;
    let host: TestHost;
    beforeEach(async () => {
      namespace = await newNamespace(cluster());
      pods = runPods(cluster().admin);
      host = testHost({ action: 'rollback', env: { ...cluster().env } });
    });
    afterEach(async () => {
      await pods[Symbol.asyncDispose]();
      host.dispose();
    });

    const kubectl = async (argv: string[], stdin?: string) => {
      const done = await run([cluster().kubectl, '-n', namespace, ...argv], {
        env: { ...cluster().env },
        ...(stdin === undefined ? {} : { stdin }),
      });
      if (done.code !== 0) throw new Error(done.tail.join('\n'));
      return done.stdout;
    };
    /** Versions 1, 2 and 3, each rolled out whole. */
    const deployed = async (name: string, kind: Kind = 'deployment') => {
      for (const n of [1, 2, 3]) {
        await kubectl(['apply', '-f', '-'], manifest(namespace, name, n, kind));
        await kubectl(['rollout', 'status', `${kind}/${name}`, '--timeout=120s']);
      }
    };
    /** All that undoing changes. */
    const stands = async (name: string, kind: Kind = 'deployment') => {
      const found = await cluster().admin.get<never>({ resource: KINDS[kind].resource, namespace, name });
      const { metadata, spec } = found as unknown as {
        metadata: { annotations: Record<string, string> };
        spec: { template: unknown; replicas: number };
      };
      const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = metadata.annotations;
      return JSON.parse(JSON.stringify({ annotations, spec }).replaceAll(name, 'x')) as Record<
        string,
        unknown
      >;
    };
    const undo = (name: string, more: Record<string, string> = {}, restored?: number, from = 3) => {
      const all = {
        'run-id': 'run-0000-0003',
        reason: 'test',
        target: 'x',
        deployment: `${namespace}/deployment/${name}`,
        ...more,
      };
      const version = (n: number) => ({
        runId: `run-0000-000${n}`,
        version: `qwen-v${n}.0.0`,
        image: image(n),
        record: 'none',
      });
      return rolloutUndo({
        inputs: parseInputs(definition, new Map(Object.entries(all))),
        host,
        from: from === 0 ? { ...version(3), image: 'none' } : version(from),
        restored:
          restored === undefined
            ? undefined
            : ({ ...version(restored), metrics: {}, completedAt: 0 } satisfies Completed),
        record: undefined,
        live: 'stable',
        pretend: false,
      });
    };

    it('goes back as with kubectl rollout undo: to the one before, and to a revision', async () => {
      await Promise.all(['ours', 'theirs'].map((name) => deployed(name)));
      expect(await undo('ours', { 'to-revision': '2' })).toMatchObject({ ok: true });
      await kubectl(['rollout', 'undo', 'deployment/theirs']);
      await kubectl(['rollout', 'status', 'deployment/theirs', '--timeout=120s']);
      expect(await stands('ours')).toEqual(await stands('theirs'));
      expect(JSON.stringify(await stands('ours'))).toContain('of version 2');

      expect(await undo('ours', { 'to-revision': '1' }, undefined, 2)).toMatchObject({ ok: true });
      await kubectl(['rollout', 'undo', 'deployment/theirs', '--to-revision=1']);
      await kubectl(['rollout', 'status', 'deployment/theirs', '--timeout=120s']);
      expect(await stands('ours')).toEqual(await stands('theirs'));
      expect(JSON.stringify(await stands('ours'))).toContain(image(1));
      await expect(undo('ours', { 'to-revision': '9' })).rejects.toThrow(/no revision 9 of ours; it keeps: /);
    });

    it('done again stays where it is, where kubectl would bring the bad version back', async () => {
      await deployed('chat');
      // the image of the restored version finds its revision, not the number
      for (const _ of [1, 2]) expect(await undo('chat', {}, 1)).toMatchObject({ ok: true });
      expect(JSON.stringify(await stands('chat'))).toContain(image(1));

      await deployed('plain');
      for (const _ of [1, 2]) expect(await undo('plain', {}, undefined, 0)).toMatchObject({ ok: true });
      expect(JSON.stringify(await stands('plain'))).toContain(image(2));
    });

    it.each(['statefulset', 'daemonset'] as const)('and a %s likewise', async (kind) => {
      // a DaemonSet has one Pod a node
      await cluster().admin.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'one' } } as never);
      await Promise.all(['ours', 'theirs'].map((name) => deployed(name, kind)));
      const ours = { deployment: `${namespace}/${kind}/ours` };
      // the image of the restored version finds its revision, again and again
      for (const again of ['ours is at revision 1 of before', 'ours is already at revision'])
        expect(await undo('ours', ours, 1)).toMatchObject({ ok: true, text: expect.stringContaining(again) });
      await kubectl(['rollout', 'undo', `${kind}/theirs`, '--to-revision=1']);
      await kubectl(['rollout', 'status', `${kind}/theirs`, '--timeout=120s']);
      expect(await stands('ours', kind)).toEqual(await stands('theirs', kind));
      expect(JSON.stringify(await stands('ours', kind))).toContain(image(1));
      expect(await kubectl(['get', 'pods', '-l', 'app=ours', '-o', 'jsonpath={..image}'])).not.toContain(
        image(3),
      );

      await kubectl(['apply', '-f', '-'], manifest(namespace, 'ours', 3, kind));
      await kubectl(['rollout', 'status', `${kind}/ours`, '--timeout=120s']);
      // without an image or a number: the one before, once
      for (const _ of [1, 2]) expect(await undo('ours', ours, undefined, 0)).toMatchObject({ ok: true });
      expect(JSON.stringify(await stands('ours', kind))).toContain(image(1));
      const onDelete = { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } };
      await kubectl(['patch', `${kind}/ours`, '--type=merge', '-p', JSON.stringify(onDelete)]);
      await expect(undo('ours', ours, 2)).rejects.toThrow(/OnDelete.*: set RollingUpdate first/);
    });

    it('is named by its kind', async () => {
      for (const kind of ['job', 'constructor'])
        await expect(undo('x', { deployment: `${namespace}/${kind}/x` })).rejects.toThrow(
          /is not <namespace>\/deployment\|statefulset\|daemonset\/<name>/,
        );
    });

    it('that somebody else has moved on is left alone', async () => {
      await deployed('chat');
      await kubectl(['apply', '-f', '-'], manifest(namespace, 'chat', 4));
      await expect(undo('chat', {}, 2)).rejects.toThrow(
        /does not run the image of run run-0000-0003 any more/,
      );
      expect(JSON.stringify(await stands('chat'))).toContain(image(4));
      await kubectl(['rollout', 'pause', 'deployment/chat']);
      await expect(undo('chat', {}, 2)).rejects.toThrow(/is paused/);
      await expect(undo('gone')).rejects.toThrow(/there is no Deployment gone/);
    });
  },
);
