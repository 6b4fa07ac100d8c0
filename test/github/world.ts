import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '@sluice/process';
import { modelDigest } from '@sluice/record';
import { type SlotName, Slots } from '../../demo/serving/slots.ts';
import { type Gateway, startGateway } from '../../demo/traffic/gateway.ts';
import { Users } from '../../demo/traffic/users.ts';
import { startBuildah } from '../parts/buildah.ts';
import { installHaproxy } from '../parts/haproxy.ts';
import { startMlflow } from '../parts/mlflow.ts';
import { type Registry, startRegistry } from '../parts/registry.ts';
import { modelEnvironment, tinyModel } from '../training/setup.ts';
import { Repository } from './repository.ts';

/** What stands in the examples for days and hours. */
const PLAN = { from: 'plan: 1@1h,5@2h,25@2h,100@24h', to: 'plan: 20@2s,50@2s,100@2s' };

/** Requests a second: while nothing is to be judged, and while a canary is. */
export const FEW = 3;
export const MANY = 25;

/** Everything around a user's repository: store, tracker, registry, a gateway before two servers, and people who ask them. */
export interface World extends AsyncDisposable {
  readonly folder: string;
  readonly repository: Repository;
  readonly gateway: Gateway;
  readonly users: Users;
  /** From now on no request reaches the server in the slot canary. */
  disableCanary(): Promise<void>;
}

/** Starts real parts, and serves the base model to users who keep coming. `waitLimit`: of the job that starts a rollout. */
export async function startWorld(act: string, waitLimit: string): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'github-'));
  const store = join(folder, 'store');
  const ends: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  const leave = new AbortController();
  try {
    mkdirSync(join(folder, 'gateway'));
    const [haproxy, python, buildah] = await Promise.all([
      installHaproxy(console.log),
      modelEnvironment(),
      startBuildah(),
    ]);
    ends.push(() => buildah.remove());
    const { base } = await tinyModel(python);
    let gateway: Gateway | undefined;
    const slots = await Slots.start({
      python,
      base,
      adapterOf: async (runId) => (runId === 'base' ? undefined : join(store, runId, 'adapter')),
      free: () => freeSlot(gateway),
      signal: leave.signal,
    });
    ends.push(() => slots.stop());
    const address = { stable: slots.address('stable'), canary: slots.address('canary') };
    const [mlflow, registry] = await Promise.all([
      begun(startMlflow(), ends),
      begun<Registry>(startRegistry(), ends),
      slots.serve('stable', { runId: 'base', version: 'capitals-base' }),
    ]);
    gateway = await begun(startGateway(haproxy, join(folder, 'gateway'), address), ends);
    const users = new Users(gateway.port, FEW);
    ends.push(() => users.leave());
    const repository = new Repository({
      act,
      folder,
      vars: {
        SLUICE_STORE_URL: store,
        MLFLOW_TRACKING_URI: mlflow.uri,
        BASE_MODEL: base,
        BASE_MODEL_DIGEST: await modelDigest(base),
        MODEL_NAME: 'capitals',
        BASE_IMAGE: 'scratch',
        IMAGE_NAME: `${registry.host}/team/capitals`,
        REGISTRY_TLS_VERIFY: 'false',
        SERVING_URL: slots.keeper,
        ROUTER_TARGET: gateway.target,
        METRICS: gateway.log,
        STABLE_URL: `http://${address.stable}`,
        CANARY_URL: `http://${address.canary}`,
      },
      env: {
        // packages of Python are looked up where this machine says; what was downloaded once is kept
        ...buildah.env,
        SLUICE_CACHE_DIR: cacheFolder(),
        OMP_NUM_THREADS: '1',
      },
      edit: {
        'pipeline.yml': (text) =>
          text.replace(PLAN.from, PLAN.to).replace('wait-limit: 70m', `wait-limit: ${waitLimit}`),
      },
    });
    const disableCanary = () => tell(join(folder, 'gateway', 'admin.sock'), 'disable server canary/canary-1');
    return { folder, repository, gateway, users, disableCanary, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One command on HAProxy's admin socket. */
async function tell(path: string, command: string): Promise<void> {
  const socket = connect(path);
  let answer = '';
  for await (const part of socket.end(`${command}\n`)) answer += part;
  if (answer.trim() !== '') throw new Error(`HAProxy refused '${command}': ${answer}`);
}

/** What was started is ended with the rest, also where something beside it fails. */
async function begun<T extends { stop(): Promise<void> }>(
  starting: Promise<T>,
  ends: (() => Promise<void>)[],
): Promise<T> {
  const part = await starting;
  ends.push(() => part.stop());
  return part;
}

/** The slot that no user is sent to. */
async function freeSlot(gateway: Gateway | undefined): Promise<SlotName | undefined> {
  const share = await gateway?.router.weight();
  return share === 0 ? 'canary' : share === 100 ? 'stable' : undefined;
}
