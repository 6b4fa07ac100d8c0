import type { KeyObject } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Digest, type Inputs, type Outputs, type RunId, runId, UserError } from '@sluice/contract';
import { peftRequirements } from '@sluice/engines';
import type { Host, Outcome } from '@sluice/host';
import {
  checkOutputFolder,
  type PythonEnvironment,
  pythonEnvironment,
  writeOutputFolder,
} from '@sluice/process';
import { hexOf, readSigningKey } from '@sluice/record';
import { keys, openStore, putModel, type Store, withLock, writeRunInfo } from '@sluice/store';
import { openTracker, type TrackedRun, type Tracker } from '@sluice/tracking';
import type { definition } from './definition.ts';
import { LossCurve } from './loss-curve.ts';
import { findReusable, type Reusable } from './reuse.ts';
import { reportOf } from './show.ts';
import { findSources, inputsDigest, type Sources } from './sources.ts';
import { stated } from './statement.ts';
import { adapterTags, sourceTags, tagNames } from './tags.ts';
import { closing } from './tracked-run.ts';
import { train } from './training.ts';

type In = Inputs<(typeof definition)['inputs']>;
type Out = Outputs<(typeof definition)['outputs']>;

/** The file that tells an adapter's folder. */
const ADAPTER = 'adapter_config.json';

/** What every part of one call works with. */
interface Scene {
  readonly inputs: In;
  readonly host: Host;
  readonly trackingUri: string;
  readonly tracker: Tracker;
  readonly store: Store;
  readonly sources: Sources;
  readonly environment: PythonEnvironment;
  /** Over all that decides what the training gives. */
  readonly inputsDigest: Digest;
  /** Signs the statement. */
  readonly key: KeyObject | undefined;
}

/** An adapter in a folder of this machine, freshly made or taken over. */
interface Made {
  readonly folder: string;
  readonly finalLoss: number;
  readonly steps: number;
  readonly resumed: boolean;
}

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const { workspace, env, signal } = host;
  const trackingUri =
    inputs['tracking-uri'] ?? (env.MLFLOW_TRACKING_URI || join(workspace, '.sluice', 'tracking'));
  if (inputs['output-dir']) await checkOutputFolder(resolve(workspace, inputs['output-dir']), ADAPTER);
  const key = await readSigningKey(inputs['signing-key'], host);
  const tracker = openTracker(trackingUri, env, host);
  const store = await openStore({ trackingUri, workspace, env, signal });
  if (store.note) host.log.info(store.note);
  const sources = await host.log.group('What it is made from', () =>
    findSources(inputs, store, trackingUri, host),
  );
  if (inputs['dry-run']) return wouldTrain(sources, trackingUri);

  const environment = await host.log.group('Python environment', () => environmentFor(inputs, sources, host));
  const digest = inputsDigest(sources, environment.digest as Digest);
  const scene: Scene = {
    inputs,
    host,
    trackingUri,
    tracker,
    store,
    sources,
    environment,
    inputsDigest: digest,
    key,
  };
  // two jobs with the same inputs on one machine: the second takes over what the first makes
  const lock = `${stateOf(scene)}.lock`;
  return withLock(lock, () => reuseOrTrain(scene), { wait: 86_400_000, signal });
}

async function reuseOrTrain(scene: Scene): Promise<Outcome<(typeof definition)['outputs']>> {
  const { inputs, host, trackingUri } = scene;
  const reusable = inputs.reuse
    ? await findReusable(scene.inputsDigest, inputs.experiment, scene)
    : undefined;
  const startedAt = host.now();
  const tracked = await beginRun(scene, reusable, startedAt);
  host.log.info(`run ${tracked.runId}`);
  return closing(tracked, trackingUri, host, async () => {
    const curve = new LossCurve(
      (metrics) => scene.tracker.logMetrics(tracked.runId, metrics),
      () => host.now().getTime(),
    );
    const made = reusable
      ? takenOver(reusable)
      : await host.log.group('Training', () => trained(scene, curve));
    await curve.finish();
    return publish(scene, tracked, made, { reusable, curve, startedAt });
  });
}

function environmentFor(inputs: In, sources: Sources, host: Host): Promise<PythonEnvironment> {
  const own = inputs.requirements && resolve(host.workspace, inputs.requirements);
  return pythonEnvironment({
    name: 'training',
    requirements: own ?? join(host.programs, peftRequirements(sources.options)),
    // a bare name is one on PATH
    python: inputs.python?.includes('/') ? resolve(host.workspace, inputs.python) : inputs.python,
    cacheDir: host.cacheDir,
    env: host.env,
    log: host.log.debug,
    signal: host.signal,
  });
}

/** Where checkpoints of a training with exactly these inputs lie on this machine. */
const stateOf = ({ host, inputsDigest: digest }: Scene) => join(host.cacheDir, 'training', hexOf(digest));

async function trained(scene: Scene, curve: LossCurve): Promise<Made> {
  const { inputs, host, sources, environment } = scene;
  const folder = join(host.temp, 'adapter');
  const folders = { outputDir: folder, stateDir: stateOf(scene), resume: inputs.resume === 'auto' };
  const { finalLoss, steps, resumedFrom } = await train(sources, environment, folders, curve, host);
  return { folder, finalLoss, steps, resumed: resumedFrom !== null };
}

function takenOver({ parent, folder }: Reusable): Made {
  const { 'final-loss': finalLoss, steps } = parent.metrics;
  if (finalLoss === undefined || steps === undefined)
    throw new UserError(
      `The run ${parent.runId} lacks its metrics final-loss and steps. Give reuse: false to train again.`,
    );
  return { folder, finalLoss, steps, resumed: false };
}

/** The run that is given, or a new one; with everything that it is made from. */
async function beginRun(scene: Scene, reusable: Reusable | undefined, startedAt: Date): Promise<TrackedRun> {
  const { inputs, host, tracker, sources, environment } = scene;
  const tags = {
    ...sourceTags(sources, environment.digest as Digest, scene.inputsDigest, host),
    ...(reusable ? { [tagNames.parent]: reusable.parent.runId } : {}),
  };
  const given = inputs['run-id'];
  const tracked = given
    ? await tracker.getRun(given)
    : await tracker.startRun({ experiment: inputs.experiment, tags, startedAt: startedAt.getTime() });
  if (!tracked)
    throw new UserError(`run-id '${given}' is no run of ${tracker.uri}. Leave it out to begin a new one.`);
  if (given) await tracker.setTags(given, tags);
  const { options } = sources;
  const targets = options['target-modules'];
  await tracker.logParams(tracked.runId, {
    engine: sources.engine,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => typeof value !== 'object')),
    'target-modules': typeof targets === 'string' ? targets : targets.join(','),
  } as Record<string, string | number>);
  return tracked;
}

/** Bytes into the store, statement into the record, numbers to the tracker; then everybody is told. */
async function publish(
  scene: Scene,
  tracked: TrackedRun,
  made: Made,
  { reusable, curve, startedAt }: { reusable: Reusable | undefined; curve: LossCurve; startedAt: Date },
): Promise<Outcome<(typeof definition)['outputs']>> {
  const { inputs, host, store, tracker, sources, environment } = scene;
  const id = runId.parse(tracked.runId) as RunId;
  const environmentDigest = environment.digest as Digest;
  const adapter = await putModel(store, keys.adapter(id), made.folder, host.signal);
  await store.put(
    `${id}/environment.txt`,
    Buffer.from(environment.locked.map((line) => `${line}\n`).join('')),
  );
  const { commit, repository } = host.source;
  await writeRunInfo(store, {
    runId: id,
    ...(reusable ? { parent: reusable.parent.runId } : {}),
    madeBy: 'lora-train',
    createdAt: startedAt.toISOString(),
    repository,
    ...(commit ? { commit } : {}),
    trackingUri: tracker.uri,
    experiment: inputs.experiment,
  });
  const metrics = { 'final-loss': made.finalLoss, steps: made.steps };
  const record = await stated(
    id,
    sources,
    { adapter, environmentDigest, startedAt, metrics },
    { store, host, prior: inputs.record, key: scene.key },
  );
  const timestamp = host.now().getTime();
  await tracker.logMetrics(
    id,
    Object.entries(metrics).map(([key, value]) => ({ key, value, step: made.steps, timestamp })),
  );
  await tracker.setTags(id, adapterTags(adapter));
  if (inputs['output-dir'])
    await writeOutputFolder(resolve(host.workspace, inputs['output-dir']), made.folder, ADAPTER);

  const sentence = reusable
    ? `took over the adapter of run ${reusable.parent.runId}, which was made from the same inputs`
    : `trained ${made.steps} steps, final loss ${made.finalLoss.toPrecision(4)}`;
  const page = await tracker.pageOf(tracked);
  await host.publish(
    reportOf({ runId: id, page, sentence, sources, environmentDigest, adapter, points: curve.points }),
  );
  const outputs: Out = {
    adapter: adapter.ref as Out['adapter'],
    'model-digest': adapter.digest,
    'base-model-digest': sources.baseModelDigest,
    'data-version': sources.dataVersion,
    'hyperparameters-digest': sources.hyperparametersDigest,
    'environment-digest': environmentDigest,
    'final-loss': made.finalLoss,
    steps: made.steps,
    reused: reusable !== undefined,
    resumed: made.resumed,
    'run-id': id,
    record,
  };
  return { outputs, sentence: `${sentence} (run ${id})` };
}

function wouldTrain(sources: Sources, trackingUri: string): Outcome<(typeof definition)['outputs']> {
  const { options } = sources;
  const length = options.steps === null ? `${options.epochs} epochs` : `${options.steps} steps`;
  return {
    outputs: {
      adapter: 'none',
      'model-digest': 'none',
      'base-model-digest': sources.baseModelDigest,
      'data-version': sources.dataVersion,
      'hyperparameters-digest': sources.hyperparametersDigest,
      'environment-digest': 'none',
      'final-loss': 'none',
      steps: 0,
      reused: false,
      resumed: false,
      'run-id': 'none',
      record: 'none',
    },
    sentence: `would train rank ${options.rank} for ${length} on ${sources.dataset}, tracked at ${trackingUri}`,
  };
}
