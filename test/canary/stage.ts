import type { KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Inputs, parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { CANARY, type CanaryPredicate, openRecord } from '@sluice/record';
import { decodeState, type RolloutState } from '@sluice/rollout';
import { openState, openStore, type Store } from '@sluice/store';
import type { HaproxyConfig, Router } from '@sluice/traffic';
import { definition as canary } from '../../actions/canary-step/src/definition.ts';
import { run as canaryStep } from '../../actions/canary-step/src/run.ts';
import { definition as back } from '../../actions/rollback/src/definition.ts';
import { run as rollback } from '../../actions/rollback/src/run.ts';
import { type Judged, judgedModel } from '../images/approved.ts';
import { type Gateway, startGateway } from '../traffic/gateway.ts';
import { simulateUsers } from '../traffic/load.ts';
import { ApiServer } from './api-server.ts';

/** Judges by whole seconds, so that a test sees every stage. */
export const POLICY = `
kind: classic
interval: 1s
stale-after: 20s
min-requests: 5
errors: {above: 5, for: 2s, min-requests: 3}
latency: {times: 100, for: 3s, min-requests: 50}
`;

/** A real gateway before two servers that say what they serve, a store, and a host whose actions start from proven records. */
export class Stage implements AsyncDisposable {
  readonly folder: string;
  readonly gateway: Gateway;
  readonly router: Router;
  readonly servers: { readonly stable: ApiServer; readonly canary: ApiServer };
  readonly host: TestHost;
  readonly env: NodeJS.ProcessEnv;

  private constructor(parts: Pick<Stage, 'folder' | 'gateway' | 'router' | 'servers' | 'host' | 'env'>) {
    this.folder = parts.folder;
    this.gateway = parts.gateway;
    this.router = parts.router;
    this.servers = parts.servers;
    this.host = parts.host;
    this.env = parts.env;
  }

  static async open(config: Partial<HaproxyConfig> = {}): Promise<Stage> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-stage-'));
    const servers = {
      stable: await ApiServer.start('qwen-v1.0.0'),
      canary: await ApiServer.start('qwen-v1.1.0'),
    };
    const slots = { stable: [servers.stable.address], canary: [servers.canary.address] };
    const { gateway, router } = await openGateway({ ...slots, ...config });
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      USER: 'ada',
      SLUICE_STORE_URL: join(folder, 'store'),
    };
    const host = testHost({ action: 'canary-step', env });
    Object.assign(host, { source: { ...host.source, actor: 'ada' } });
    return new Stage({ folder, gateway, router, servers, host, env });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await Promise.all([this.servers.stable.stop(), this.servers.canary.stop()]);
    this.host.dispose();
    await rm(this.folder, { recursive: true, force: true });
  }

  store(): Promise<Store> {
    return openStore({ workspace: this.folder, env: this.env });
  }

  /** A run whose record proves what a gate said, and an image that carries its model. */
  async judged(
    more: {
      readonly runId?: string;
      readonly version?: string;
      readonly decision?: 'approve' | 'reject';
      readonly commit?: string;
      readonly key?: KeyObject | undefined;
    } = {},
  ): Promise<{ readonly judged: Judged; readonly start: Record<string, string> }> {
    const judged = await judgedModel({ workspace: this.folder, env: this.env, ...more });
    const image = `registry.example/team/qwen@${judged.digest}` as const;
    const record = await judged.image(image as never, more.version ?? 'qwen-v1.1.0');
    return {
      judged,
      start: {
        'run-id': judged.runId,
        record,
        image,
        plan: '50@1s,100@1s',
        policy: POLICY,
        metrics: this.gateway.haproxy.log,
      },
    };
  }

  step(given: Record<string, string> = {}) {
    return canaryStep(inputs(canary, { target: this.gateway.target, ...given }), this.host);
  }

  rollback(given: Record<string, string>) {
    return rollback(inputs(back, { target: this.gateway.target, reason: 'test', ...given }), this.host);
  }

  /** Users come for as long as the work takes; how many lost a request. */
  async withUsers<T>(work: () => Promise<T>): Promise<{ result: T; failures: readonly string[] }> {
    const result = work();
    const seen = await simulateUsers(
      this.gateway.port,
      { perSecond: 50, streams: 0 },
      result.catch(() => {}),
    );
    return { result: await result, failures: seen.failures };
  }

  /** Ticks with users until the router gives the slot `canary` this share. */
  async tickUntil(canaryPercent: number): Promise<void> {
    await this.withUsers(async () => {
      for (const end = Date.now() + 60_000; (await this.router.weight()) !== canaryPercent; ) {
        const { outputs } = await this.step();
        if (Date.now() > end) throw new Error(`not at ${canaryPercent} %: ${outputs.reason}`);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    });
  }

  async state(): Promise<RolloutState> {
    const cell = openState({
      router: 'haproxy',
      target: this.gateway.target,
      store: await this.store(),
      workspace: this.folder,
    });
    return decodeState(JSON.stringify((await cell.read())?.value), cell.where);
  }

  /** What the record of a run says of its rollout, oldest first: decision, stage, share. */
  async told(runId: string): Promise<string[]> {
    const { statements } = await openRecord(runId, await this.store());
    return statements
      .flatMap(({ statement }) =>
        statement.predicateType === CANARY ? [statement.predicate as CanaryPredicate] : [],
      )
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.stage - b.stage)
      .map(({ decision, stage, weight }) => `${decision} ${stage} ${weight}`);
  }
}

function inputs<D extends { readonly inputs: object }>(definition: D, given: Record<string, string>) {
  return parseInputs(definition as never, new Map(Object.entries(given))) as unknown as Inputs<
    D['inputs'] extends infer I extends Parameters<typeof parseInputs>[0]['inputs'] ? I : never
  >;
}

/** A port that was free a moment ago may be another process's by the time HAProxy wants it: then with other ports. */
async function openGateway(config: NonNullable<NonNullable<Parameters<typeof startGateway>[0]>['config']>) {
  for (let left = 3; ; left--) {
    const gateway = await startGateway({ config });
    try {
      return { gateway, router: await gateway.open() };
    } catch (error) {
      await gateway[Symbol.asyncDispose]();
      if (left === 0) throw error;
    }
  }
}
