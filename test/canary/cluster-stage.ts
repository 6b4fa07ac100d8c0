import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { openRecord, type RunRecord } from '@sluice/record';
import { decodeState, type RolloutState } from '@sluice/rollout';
import { openStore, type Store } from '@sluice/store';
import { openRouter, type Router } from '@sluice/traffic';
import { type Job, newJob } from '../host/start.ts';
import { githubStep, type Step, type StepEnded } from '../host/step.ts';
import { type Judged, judgedModel } from '../images/approved.ts';
import { newNamespace } from '../kubernetes/cluster.ts';
import { httpRoute } from '../kubernetes/http-route.ts';
import { logUsers } from '../kubernetes/users.ts';
import { type ControlPlane, kubeconfig } from '../parts/kubernetes/control-plane.ts';
import { runPods } from '../parts/kubernetes/pods.ts';
import { ApiServer } from './api-server.ts';
import { POLICY } from './stage.ts';

type Slot = 'stable' | 'canary';
type Given = Readonly<Record<string, string>>;

/**
 * An HTTPRoute before two Deployments of a real API server, a process behind each that says what it serves, users in an access log, and
 * jobs that run the actions as processes with the rights of a Role alone.
 */
export class ClusterStage implements AsyncDisposable {
  readonly job: Job = newJob();
  readonly servers: Readonly<Record<Slot, ApiServer>>;
  readonly namespace: string;
  readonly router: Router;
  readonly env: Readonly<Record<string, string>>;
  readonly #cluster: ControlPlane;
  readonly #running: AsyncDisposable[];

  private constructor(
    cluster: ControlPlane,
    parts: Pick<ClusterStage, 'servers' | 'namespace' | 'router'>,
    pods: AsyncDisposable,
  ) {
    this.#cluster = cluster;
    this.servers = parts.servers;
    this.namespace = parts.namespace;
    this.router = parts.router;
    const at = (name: string) => join(this.job.folder, name);
    this.env = { KUBECONFIG: at('kubeconfig'), SLUICE_STORE_URL: at('store'), USER: 'ada' };
    this.#running = [pods, logUsers(this.router, this.log)];
  }

  /** @param roles objects of the API that give the jobs their rights, for the namespace `llm` */
  static async open(cluster: ControlPlane, roles: readonly object[]): Promise<ClusterStage> {
    const namespace = await newNamespace(cluster);
    const { admin } = cluster;
    for (const slot of ['stable', 'canary'])
      await admin.apply({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { namespace, name: `qwen-${slot}` },
        spec: { selector: { app: 'qwen', slot }, ports: [{ port: 80 }] },
      } as never);
    await admin.apply(httpRoute(namespace, 'qwen') as never);
    for (const [i, role] of roles.entries()) {
      const name = `sluice-${i}`;
      await admin.apply({ ...role, metadata: { namespace, name } } as never);
      await admin.apply({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { namespace, name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'guest' }],
      } as never);
    }
    const router = await openRouter({
      kind: 'gateway-api',
      target: `${namespace}/HTTPRoute/qwen`,
      env: cluster.env,
    });
    const servers = {
      stable: await ApiServer.start('qwen-v1.0.0'),
      canary: await ApiServer.start('qwen-v1.1.0'),
    };
    const stage = new ClusterStage(cluster, { servers, namespace, router }, runPods(admin));
    const { server, certificates, tokens } = cluster;
    await writeFile(
      stage.env['KUBECONFIG'] as string,
      await kubeconfig(server, certificates.authority, tokens.guest),
    );
    await writeFile(join(stage.job.folder, 'policy.yaml'), POLICY);
    await appendFile(stage.log, '');
    return stage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of this.#running.toReversed()) await part[Symbol.asyncDispose]();
    await Promise.all([this.servers.stable.stop(), this.servers.canary.stop()]);
    this.job.dispose();
  }

  get log(): string {
    return join(this.job.folder, 'access.log');
  }

  store(): Promise<Store> {
    return openStore({ workspace: this.job.folder, env: this.env });
  }

  async record(runId: string): Promise<RunRecord> {
    return openRecord(runId, await this.store());
  }

  async state(): Promise<RolloutState> {
    const router = await openRouter({
      kind: 'gateway-api',
      target: this.router.target,
      env: this.#cluster.env,
    });
    return decodeState(JSON.stringify((await router.state?.read())?.value), this.router.target);
  }

  /** What a Deployment of two Pods runs from now on; its Service is that of `labels`. */
  async deploy(name: string, image: string, labels: Given): Promise<void> {
    await this.#cluster.admin.apply(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { namespace: this.namespace, name },
        spec: {
          replicas: 2,
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [{ name: 'vllm', image }] } },
        },
      } as never,
      { fieldManager: 'kubectl' },
    );
  }

  /** Until a Deployment runs what it was told to, and nothing else. */
  async rolledOut(name: string): Promise<void> {
    const { kubectl, env } = this.#cluster;
    const argv = ['rollout', 'status', `deployment/${name}`, '--timeout=120s'];
    const done = await run([kubectl, '-n', this.namespace, ...argv], { env: { ...env } });
    if (done.code !== 0) throw new Error(done.tail.join('\n'));
  }

  /** A run whose record proves an approval, with what a rollout of it is started with. */
  async judged(
    runId: string,
    version: string,
  ): Promise<{ readonly judged: Judged; readonly start: Record<string, string>; readonly image: string }> {
    const judged = await judgedModel({ workspace: this.job.folder, env: this.env, runId, version });
    const image = `registry.example/team/qwen@${judged.digest}`;
    const record = await judged.image(image as never, version);
    return {
      judged,
      image,
      start: {
        'run-id': runId,
        record,
        image,
        plan: '50@1s,100@1s',
        policy: 'policy.yaml',
        metrics: this.log,
      },
    };
  }

  /** A step that steers the route, under way. */
  begin(action: 'canary-step' | 'rollback', given: Given): Step {
    const always = {
      router: 'gateway-api',
      target: this.router.target,
      stable: this.servers.stable.url,
      canary: this.servers.canary.url,
    };
    return githubStep(this.job, action, { ...always, ...given }, this.env);
  }

  step(given: Given = {}): Promise<StepEnded> {
    return this.begin('canary-step', given).ended;
  }

  rollback(given: Given): Promise<StepEnded> {
    return this.begin('rollback', { reason: 'test', ...given }).ended;
  }
}
