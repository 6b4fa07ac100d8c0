import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '@sluice/process';
import { installHaproxy } from '../../test/parts/haproxy.ts';
import { startMlflow } from '../../test/parts/mlflow.ts';
import { installSystemPackage } from '../../test/parts/system-package.ts';
import { GithubProject } from '../pipeline/github.ts';
import { sluiceProgram } from '../pipeline/local.ts';
import { Project } from '../pipeline/project.ts';
import { Slots } from '../serving/slots.ts';
import type { Screen } from '../show/screen.ts';
import { type Gateway, startGateway } from '../traffic/gateway.ts';
import { Users } from '../traffic/users.ts';
import { type Images, images } from './images.ts';
import { type Models, models } from './models.ts';

/** Requests a second while nothing is decided by them, and while a canary needs them. */
export const CALM = 10;
export const BUSY = 60;

/** Everything a story happens in; all of it belongs to this demonstration alone. */
export interface World {
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Removed at the end. */
  readonly folder: string;
  readonly sluice: string;
  readonly models: Models;
  /** Where runs and registered models are kept. */
  readonly trackingUri: string;
  readonly gateway: Gateway;
  readonly slots: Slots;
  readonly images: Images | undefined;
  readonly project: Project;
  /** The same project on GitHub's side, where that host was asked for. */
  readonly github: GithubProject | undefined;
  readonly users: Users;
  /** Variables of the project, as its jobs see them. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The run and version that is live before any story begins. */
export const FIRST = { runId: 'base-model-0001', version: 'capitals-v0.2.0' } as const;
const BEFORE = { runId: 'base-model-0000', version: 'capitals-v0.1.0' } as const;

/** What a world has beside the servers, the gateway and the users. */
export interface Wanted {
  /** Path of act: the pipelines are GitHub's then. */
  readonly act?: string;
  /** An MLflow server; else runs and registered models are kept in a folder. */
  readonly mlflow: boolean;
  /** Images are built, where a program that builds them is here. */
  readonly images: boolean;
  /** Stages of the canary. */
  readonly plan: string;
}

/** Starts everything; what was started is ended by `stack`, also where a later part fails. */
export async function createWorld(
  stack: AsyncDisposableStack,
  screen: Screen,
  signal: AbortSignal,
  wanted: Wanted,
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const haproxy = await screen.during(
    'HAProxy, rsync',
    async () => {
      await installSystemPackage(
        {
          program: 'rsync',
          debian: 'rsync',
          otherwise: 'Install rsync: gitlab-ci-local makes checkouts with it.',
        },
        (text) => screen.say(text),
      );
      return installHaproxy((text) => screen.say(text));
    },
    (path) => path,
  );
  const tiny = await models(screen, signal);
  const built = wanted.images ? await images(join(folder, 'registry'), tiny.base, screen, signal) : undefined;
  if (built) stack.defer(() => built.stop());
  const store = join(folder, 'store');
  const router: { gateway?: Gateway } = {};
  const slots = await Slots.start({
    python: tiny.python,
    temp: folder,
    base: tiny.base,
    adapterOf: async (runId) => {
      const adapter = join(store, runId, 'adapter');
      return (await stat(adapter).catch(() => undefined)) ? adapter : undefined;
    },
    free: async () => {
      const share = await router.gateway?.router.weight(signal);
      return share === 0 ? 'canary' : share === 100 ? 'stable' : undefined;
    },
    signal,
  });
  stack.defer(() => slots.stop());
  const [trackingUri] = await screen.during(
    'servers',
    (step) =>
      Promise.all([
        wanted.mlflow ? tracking(stack, folder, screen, signal) : join(folder, 'tracking'),
        slots.serve('stable', BEFORE),
        slots.serve('canary', FIRST).then(() => step.now(`${FIRST.version} answers`)),
      ]),
    ([uri]) =>
      `${BEFORE.version} and ${FIRST.version}, the base model as it is; ${wanted.mlflow ? `MLflow at ${uri}` : 'runs in a folder'}`,
  );
  await mkdir(join(folder, 'gateway'));
  const gateway = await screen.during(
    'gateway',
    () =>
      startGateway(haproxy, join(folder, 'gateway'), {
        stable: slots.address('stable'),
        canary: slots.address('canary'),
      }),
    ({ port }) => `127.0.0.1:${port}, a share of the users set at run time`,
  );
  router.gateway = gateway;
  stack.defer(() => gateway.stop());
  const users = new Users(gateway.port, CALM);
  stack.defer(() => users.leave());

  const project = await Project.create(join(folder, 'project'), {
    plan: wanted.plan,
    image: built !== undefined,
  });
  const variables = {
    MODEL_NAME: 'capitals',
    BASE_MODEL: tiny.base,
    BASE_MODEL_DIGEST: 'none',
    BASE_IMAGE: built?.base ?? 'none',
    IMAGE_NAME: built?.name ?? 'none',
    REGISTRY_TLS_VERIFY: 'false',
    SERVING_URL: slots.keeper,
    ROUTER_TARGET: gateway.target,
    METRICS: gateway.log,
    STABLE_URL: `http://${slots.address('stable')}`,
    CANARY_URL: `http://${slots.address('canary')}`,
    MLFLOW_TRACKING_URI: trackingUri,
    SLUICE_STORE_URL: store,
    SLUICE_CACHE_DIR: cacheFolder(),
    ...built?.env,
  };
  const github = wanted.act
    ? await GithubProject.create(wanted.act, join(folder, 'github'), { plan: wanted.plan, variables })
    : undefined;
  return {
    screen,
    signal,
    folder,
    sluice: sluiceProgram(),
    models: tiny,
    trackingUri,
    gateway,
    slots,
    images: built,
    project,
    github,
    users,
    variables,
  };
}

async function tracking(
  stack: AsyncDisposableStack,
  folder: string,
  screen: Screen,
  signal: AbortSignal,
): Promise<string> {
  const mlflow = await startMlflow({
    folder: join(folder, 'mlflow'),
    signal,
    say: (text) => /^Making /.test(text) && screen.say(text),
  });
  stack.defer(() => mlflow.stop());
  return mlflow.uri;
}
