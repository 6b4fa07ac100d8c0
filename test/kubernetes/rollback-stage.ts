import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testHost } from '@sluice/host/testing';
import { openRecord, ROLLBACK, type RollbackPredicate } from '@sluice/record';
import { decodeState, type RolloutState } from '@sluice/rollout';
import { openStore } from '@sluice/store';
import { openRouter, type Router, type RouterKind } from '@sluice/traffic';
import { definition as canary } from '../../actions/canary-step/src/definition.ts';
import { run as canaryStep } from '../../actions/canary-step/src/run.ts';
import { ApiServer } from '../canary/api-server.ts';
import { POLICY } from '../canary/stage.ts';
import { newJob } from '../host/start.ts';
import { githubStep, type StepEnded } from '../host/step.ts';
import { judgedModel } from '../images/approved.ts';
import { type ControlPlane, kubeconfig } from '../parts/kubernetes/control-plane.ts';
import { actionInputs } from './action-inputs.ts';
import { logUsers } from './users.ts';

/** What a drill says of the second of two versions that went live, and what its rollback says. */
export const DRILLED = {
  'rolled-back': 'true',
  verified: 'true',
  'run-id': 'run-0000-0002',
  'to-version': 'qwen-v1.1.0',
};
export const TAKEN_BACK = {
  'rolled-back': 'true',
  verified: 'true',
  'from-version': 'qwen-v1.2.0',
  'to-version': 'qwen-v1.1.0',
  'restored-run-id': 'run-0000-0001',
};

type Slot = 'stable' | 'canary';
type Given = Readonly<Record<string, string>>;

/** Something in the cluster that splits users, and what a pipeline does to it beside the actions. */
export interface Target {
  readonly kind: RouterKind;
  readonly target: string;
  /** A new version comes to where the next candidate stands. */
  put(image: string, slot: Slot): Promise<void>;
  /** What is written in it, without the annotations. */
  written(): Promise<unknown>;
}

/** What a step printed, for a test that fails. */
export const text = ({ exit, stdout, stderr }: StepEnded) => `exit ${exit}\n${stdout}\n${stderr}`;

/** Jobs with the rights of one Role alone, on a target of any kind: canary-step runs here, rollback as a process of its own. */
export class RollbackStage implements AsyncDisposable {
  readonly router: Router;
  readonly servers: Readonly<Record<Slot, ApiServer>>;
  readonly #cluster: ControlPlane;
  readonly #target: Target;
  readonly #job = newJob();
  readonly #env: Readonly<Record<string, string>>;
  readonly #host;
  #users: AsyncDisposable | undefined;

  private constructor(
    cluster: ControlPlane,
    target: Target,
    router: Router,
    servers: RollbackStage['servers'],
  ) {
    this.#cluster = cluster;
    this.#target = target;
    this.router = router;
    this.servers = servers;
    const at = (name: string) => join(this.#job.folder, name);
    this.#env = { KUBECONFIG: at('kubeconfig'), SLUICE_STORE_URL: at('store'), USER: 'ada' };
    const env = { ...this.#env, PATH: process.env['PATH'], HOME: this.#job.folder };
    this.#host = testHost({ action: 'canary-step', env });
  }

  /** @param role gives the jobs their rights */
  static async open(cluster: ControlPlane, target: Target, role: object): Promise<RollbackStage> {
    const router = await openRouter({ kind: target.kind, target: target.target, env: cluster.env });
    const servers = {
      stable: await ApiServer.start('qwen-v1.0.0'),
      canary: await ApiServer.start('qwen-v1.0.0'),
    };
    const stage = new RollbackStage(cluster, target, router, servers);
    const { server, certificates, tokens } = cluster;
    const guest = await kubeconfig(server, certificates.authority, tokens.guest);
    await writeFile(stage.#env['KUBECONFIG'] as string, guest);
    await appendFile(stage.#log, '');
    await stage.allow(role);
    const [namespace = ''] = target.target.split('/');
    await cluster.admin.apply({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { namespace, name: 'sluice' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'sluice' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'guest' }],
    } as never);
    stage.#users = logUsers(router, stage.#log);
    return stage;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#users?.[Symbol.asyncDispose]();
    await Promise.all([this.servers.stable.stop(), this.servers.canary.stop()]);
    this.#host.dispose();
    this.#job.dispose();
  }

  get #log(): string {
    return join(this.#job.folder, 'access.log');
  }

  /** The jobs have the rights of this Role from now on. */
  async allow(role: object): Promise<void> {
    const [namespace = ''] = this.#target.target.split('/');
    await this.#cluster.admin.apply({ ...role, metadata: { namespace, name: 'sluice' } } as never);
  }

  /** A router that has seen no state, as whoever steers by hand has. */
  async anew(): Promise<Router> {
    const { kind, target } = this.#target;
    return await openRouter({ kind, target, env: this.#cluster.env });
  }

  async state(): Promise<RolloutState> {
    const held = await (await this.anew()).state?.read();
    return decodeState(JSON.stringify(held?.value), this.#target.target);
  }

  /** The same state as if its last tick had been long ago. */
  async forsake(): Promise<void> {
    const { state: place } = await this.anew();
    const held = await place?.read();
    if (!place || !held) throw new Error('there is no state');
    const { lease, ...state } = held.value as RolloutState;
    const value = { ...state, lease: lease && { ...lease, expires: Date.now() - 1 } };
    if (!(await place.compareAndSet(value, held)).ok) throw new Error('another step wrote the state');
  }

  /** What the record of a run says of its rollbacks. */
  async told(runId: string): Promise<RollbackPredicate[]> {
    const { statements } = await openRecord(
      runId,
      await openStore({ workspace: this.#job.folder, env: this.#env }),
    );
    return statements.flatMap(({ statement }) =>
      statement.predicateType === ROLLBACK ? [statement.predicate as RollbackPredicate] : [],
    );
  }

  /** Begins the rollout of a judged version in a slot and puts it there. @returns what its steps are given */
  async begin(runId: string, version: string, slot: Slot, plan: string): Promise<Given> {
    const judged = await judgedModel({
      workspace: this.#job.folder,
      env: this.#env as never,
      runId,
      version,
    });
    const image = `registry.example/team/qwen@${judged.digest}`;
    const start = {
      'run-id': runId,
      record: await judged.image(image as never, version),
      image,
      plan,
      policy: POLICY,
      metrics: this.#log,
    };
    const { decision, reason } = (await this.step(start)).outputs;
    if (decision !== 'hold') throw new Error(`${decision}: ${reason}`);
    await this.#target.put(image, slot);
    this.servers[slot].version = version;
    return start;
  }

  /** A whole rollout, until the version is live. */
  async through(runId: string, version: string, slot: Slot, plan = '100@1s'): Promise<void> {
    const start = await this.begin(runId, version, slot, plan);
    const { decision, reason } = (await this.step({ ...start, wait: 'true', 'wait-limit': '90s' })).outputs;
    if (decision !== 'complete') throw new Error(`${decision}: ${reason}`);
  }

  step(given: Given = {}) {
    return canaryStep(actionInputs(canary, { ...this.#always, ...given }), this.#host);
  }

  /** A mock's P99 is a few milliseconds, which a busy machine exceeds: one probe alone. */
  rollback(given: Given): Promise<StepEnded> {
    const inputs = { ...this.#always, reason: 'test', verify: '1', ...given };
    return githubStep(this.#job, 'rollback', inputs, this.#env).ended;
  }

  get #always(): Given {
    const { kind, target } = this.#target;
    return { router: kind, target, stable: this.servers.stable.url, canary: this.servers.canary.url };
  }
}
