import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  connectKubernetes,
  type Kubernetes,
  KubernetesError,
  type KubernetesObject,
  resources,
} from '@sluice/kubernetes';
import { run } from '@sluice/process';
import { expect, it } from 'vitest';
import { type ControlPlane, kubeconfig } from '../parts/kubernetes/control-plane.ts';
import { runPods } from '../parts/kubernetes/pods.ts';
import { describeWithCluster, newNamespace } from './cluster.ts';

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}
interface Deployment extends KubernetesObject {
  readonly status?: { readonly readyReplicas?: number };
}

const configMap = (namespace: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name: 'settings' },
  data,
});
const at = (namespace: string) => ({ resource: resources.configMap, namespace, name: 'settings' });

/** A client with the login that `user` of a kubeconfig says. */
async function clientOf(
  { server, folder, certificates, env }: ControlPlane,
  user: object,
): Promise<Kubernetes> {
  const config = JSON.parse(await kubeconfig(server, certificates.authority, ''));
  config.users[0].user = user;
  const path = join(folder, `kubeconfig-${Math.random()}`);
  await writeFile(path, JSON.stringify(config));
  return await connectKubernetes({ env: { ...env, KUBECONFIG: path } });
}

const answer = (token: string) => `console.log(JSON.stringify({status: {token: '${token}'}}))`;

describeWithCluster(
  'the client of a real API server',
  async () => {},
  (cluster) => {
    it('applies, reads, lists, changes and deletes', async () => {
      const { admin } = cluster();
      const namespace = await newNamespace(cluster());
      expect(await admin.get(at(namespace))).toBeUndefined();
      const made = await admin.apply<ConfigMap>(configMap(namespace, { a: '1', b: '2' }));
      expect(made.data).toEqual({ a: '1', b: '2' });
      // what this manager does not give any more goes, what others gave stays
      await admin.patch(
        at(namespace),
        { type: 'merge', body: { data: { c: '3' } } },
        { fieldManager: 'somebody' },
      );
      const again = await admin.apply<ConfigMap>(configMap(namespace, { a: '1' }));
      expect(again.data).toEqual({ a: '1', c: '3' });
      const body = [{ op: 'replace', path: '/data/a', value: '9' }] as const;
      expect((await admin.patch<ConfigMap>(at(namespace), { type: 'json', body })).data).toMatchObject({
        a: '9',
      });
      expect(
        (await admin.list(resources.configMap, { namespace, fields: 'metadata.name=settings' })).length,
      ).toBe(1);
      expect(await admin.delete(at(namespace))).toBe(true);
      expect(await admin.delete(at(namespace))).toBe(false);
    });

    it('lists more objects than one page holds', async () => {
      const { admin } = cluster();
      const namespace = await newNamespace(cluster());
      const names = Array.from({ length: 520 }, (_, i) => `many-${i}`);
      for (let i = 0; i < names.length; i += 40)
        await Promise.all(
          names
            .slice(i, i + 40)
            .map((name) => admin.create(resources.configMap, { metadata: { namespace, name } })),
        );
      const all = await admin.list(resources.configMap, { namespace });
      expect(all.filter(({ metadata }) => metadata.name.startsWith('many-')).length).toBe(520);
    });

    it('of many writers on one value lets exactly one through', async () => {
      const { admin } = cluster();
      const namespace = await newNamespace(cluster());
      await admin.apply(configMap(namespace, { count: '0' }));
      const now = await admin.get(at(namespace));
      const write = (value: string) =>
        admin.patch(at(namespace), {
          type: 'merge',
          body: { metadata: { resourceVersion: now?.metadata.resourceVersion }, data: { count: value } },
        });
      const all = await Promise.allSettled(['1', '2', '3', '4', '5'].map(write));
      expect(all.filter(({ status }) => status === 'fulfilled').length).toBe(1);
      for (const one of all)
        if (one.status === 'rejected') {
          expect(one.reason).toMatchObject({ status: 409, reason: 'Conflict', exitCode: 4 });
          expect(String(one.reason)).toMatch(/somebody else changed it in the meantime/);
        }
    });

    it('does not take a field from another owner unless it is told to', async () => {
      const { admin } = cluster();
      const namespace = await newNamespace(cluster());
      await admin.apply(configMap(namespace, { a: '1' }), { fieldManager: 'helm' });
      await expect(admin.apply(configMap(namespace, { a: '2' }))).rejects.toThrow(
        /another writer owns these fields/,
      );
      const taken = await admin.apply<ConfigMap>(configMap(namespace, { a: '2' }), { force: true });
      expect(taken.data).toEqual({ a: '2' });
    });

    it('watches an object from nothing, through changes, to its end', async () => {
      const { admin } = cluster();
      const namespace = await newNamespace(cluster());
      const timeout = 30_000;
      const there = admin.until<ConfigMap>(at(namespace), (now) => now?.data?.a === '2', { timeout });
      await admin.apply(configMap(namespace, { a: '1' }));
      await admin.apply(configMap(namespace, { a: '2' }));
      expect((await there)?.object?.data).toEqual({ a: '2' });
      const gone = admin.until(at(namespace), (now) => now === undefined, { timeout });
      await admin.delete(at(namespace));
      expect(await gone).toEqual({ object: undefined });
      expect(await admin.until(at(namespace), (now) => now !== undefined, { timeout: 300 })).toBeUndefined();
    });

    it('sees a Deployment become ready', async () => {
      const { admin } = cluster();
      const namespace = await newNamespace(cluster());
      await using _ = runPods(admin);
      const labels = { app: 'qwen' };
      await admin.apply({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace, name: 'qwen' },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'vllm', image: 'vllm:1' }] } },
        },
      } as never);
      const ready = await admin.until<Deployment>(
        { resource: resources.deployment, namespace, name: 'qwen' },
        (now) => now?.status?.readyReplicas === 2,
        { timeout: 60_000 },
      );
      expect(ready?.object?.status?.readyReplicas).toBe(2);
    });

    it('logs in by token, file, client certificate and plugin, and as somebody else', async () => {
      const { certificates, tokens, folder, kubectl, env } = cluster();
      const who = async (user: object) => {
        const client = await clientOf(cluster(), user);
        const resource = await client.resource('authentication.k8s.io/v1', 'SelfSubjectReview');
        const review = await client.create<KubernetesObject & { status: { userInfo: { username: string } } }>(
          resource,
          { metadata: {} },
        );
        return review.status.userInfo.username;
      };
      const file = join(folder, 'token');
      await writeFile(file, `${tokens.guest}\n`);
      const plugin = {
        apiVersion: 'client.authentication.k8s.io/v1',
        interactiveMode: 'Never',
        command: process.execPath,
        args: ['-e', answer(tokens.admin)],
      };
      const certificate = {
        'client-certificate': certificates.client.certificate,
        'client-key': certificates.client.key,
      };
      expect(await who({ token: tokens.admin })).toBe('admin');
      expect(await who({ tokenFile: file })).toBe('guest');
      expect(await who(certificate)).toBe('ada');
      expect(await who({ exec: plugin })).toBe('admin');
      expect(await who({ token: tokens.admin, as: 'bob' })).toBe('bob');
      // the file that we read is one that kubectl reads
      const asked = await run([kubectl, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
        env,
      });
      expect(asked.stdout).toBe('admin');
    });

    it('asks a plugin again where its token is refused before its time', async () => {
      const { tokens, folder } = cluster();
      const file = join(folder, 'plugin-answer');
      await writeFile(file, 'not any more');
      // says what lies there, and has a new token the next time
      const program = `const fs = require('fs'); console.log(JSON.stringify({status: {token: fs.readFileSync(process.argv[1], 'utf8')}})); fs.writeFileSync(process.argv[1], '${tokens.admin}')`;
      const args = ['-e', program, file];
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args };
      const client = await clientOf(cluster(), { exec });
      expect(await client.get({ resource: resources.namespace, name: 'default' })).toBeDefined();
      const lost = await clientOf(cluster(), { exec: { ...exec, args: ['-e', answer('never')] } });
      await expect(lost.get({ resource: resources.namespace, name: 'default' })).rejects.toMatchObject({
        status: 401,
      });
    });

    it('says in words what is wrong', async () => {
      const { admin, tokens, server, folder, env, certificates } = cluster();
      const namespace = await newNamespace(cluster());
      const said = async (work: Promise<unknown>) =>
        await work.then(
          () => undefined,
          (error: unknown) => error,
        );
      const guest = await clientOf(cluster(), { token: tokens.guest });
      const forbidden = await said(guest.get(at(namespace)));
      expect(forbidden).toBeInstanceOf(KubernetesError);
      expect(String(forbidden)).toMatch(
        /does not let this job read ConfigMap .*settings: it is not allowed to \(403/,
      );
      expect(String(forbidden)).toContain('context test of');
      const stranger = await clientOf(cluster(), { token: 'nobody-knows-me' });
      expect(String(await said(stranger.get(at(namespace))))).toMatch(/does not know who asks \(401/);
      expect(String(await said(stranger.get(at(namespace))))).not.toContain('nobody-knows-me');
      const broken = configMap(namespace, { 'not a key': '1' });
      expect(await said(admin.apply(broken))).toMatchObject({ status: 422 });
      expect(String(await said(admin.apply(broken)))).toMatch(/is not valid \(422/);
      const kind = { apiVersion: 'example.com/v1', kind: 'Thing', plural: 'things', namespaced: true };
      expect(String(await said(admin.get({ resource: kind, namespace, name: 'x' })))).toMatch(
        /no such resource \(404/,
      );
      expect(String(await said(admin.resource('example.com/v1', 'Thing')))).toMatch(/has no kind Thing/);
      expect(String(await said(admin.resource('apps/v1', 'Deploymnt')))).toMatch(/it has: .*Deployment/);
      // its own certificate is not one that the system trusts
      const path = join(folder, 'kubeconfig-without-ca');
      const config = JSON.parse(await kubeconfig(server, certificates.authority, tokens.admin));
      delete config.clusters[0].cluster['certificate-authority-data'];
      await writeFile(path, JSON.stringify(config));
      const untrusted = await connectKubernetes({ env: { ...env, KUBECONFIG: path } });
      expect(String(await said(untrusted.get(at(namespace))))).toMatch(
        /not trusted .*certificate-authority-data/,
      );
      config.clusters[0].cluster['insecure-skip-tls-verify'] = true;
      await writeFile(path, JSON.stringify(config));
      const careless = await connectKubernetes({ env: { ...env, KUBECONFIG: path } });
      expect(await careless.get(at(namespace))).toBeUndefined();
      config.clusters[0].cluster.server = 'https://127.0.0.1:1';
      await writeFile(path, JSON.stringify(config));
      const nobody = await connectKubernetes({ env: { ...env, KUBECONFIG: path } });
      expect(String(await said(nobody.get(at(namespace))))).toMatch(/nothing listens there/);
    });
  },
);
