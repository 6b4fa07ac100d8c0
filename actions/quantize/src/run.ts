import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Inputs, type Outputs, type RunId, runId } from '@sluice/contract';
import {
  llmCompressor,
  type QuantizingResult,
  quantizingRequirements,
  readEvent,
  readQuantizingResult,
} from '@sluice/engines';
import type { Host, Outcome } from '@sluice/host';
import { checkOutputFolder, pythonEnvironment, pythonProgram, writeOutputFolder } from '@sluice/process';
import { readSigningKey } from '@sluice/record';
import { keys, openStore, putModel, type Store, writeRunInfo } from '@sluice/store';
import { openTracker, type Tracker } from '@sluice/tracking';
import type { definition } from './definition.ts';
import { reportOf } from './show.ts';
import { findSources, type Sources } from './sources.ts';
import { measured, stated } from './statement.ts';

type In = Inputs<(typeof definition)['inputs']>;
type Out = Outputs<(typeof definition)['outputs']>;

/** The file that tells a model's folder. */
const MODEL = 'config.json';

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const { workspace, env, signal } = host;
  const target = inputs['output-dir'] && resolve(workspace, inputs['output-dir']);
  if (target) await checkOutputFolder(target, MODEL);
  const trackingUri =
    inputs['tracking-uri'] ?? (env.MLFLOW_TRACKING_URI || join(workspace, '.sluice', 'tracking'));
  const key = await readSigningKey(inputs['signing-key'], host);
  const tracker = openTracker(trackingUri, env, host);
  const store = await openStore({ trackingUri, workspace, env, signal });
  if (store.note) host.log.info(store.note);
  const sources = await host.log.group('What is quantized', () =>
    findSources(inputs, { store, trackingUri, host }),
  );
  if (inputs['dry-run']) {
    const what = sources.adapter
      ? `${sources.adapter.ref} merged into ${sources.model.ref}`
      : sources.model.ref;
    return { outputs: nothing(inputs, sources), sentence: `would quantize ${what} to ${inputs.scheme}` };
  }

  const startedAt = host.now();
  const folder = join(host.temp, 'quantized');
  const result = await host.log.group('Quantizing', () => quantize(inputs, sources, folder, host));
  const lost = tooMuchLost(inputs, result);
  if (lost !== undefined) return refused(inputs, sources, result, lost, host);

  const id = runId.parse(sources.runId ?? (await beginRun(tracker, store, startedAt, host))) as RunId;
  const model = await putModel(store, keys.quantized(id), folder, signal);
  const record = await stated(id, inputs, sources, { model, result, startedAt }, { store, host, key });
  await track(tracker, id, result, model, host);
  if (sources.runId === undefined) await tracker.finish(id, 'FINISHED', host.now().getTime());
  await tracker.close();
  if (target) await writeOutputFolder(target, folder, MODEL);

  const ratio = result.originalBytes / result.sizeBytes;
  const sentence = `${inputs.scheme}: ${result.originalBytes} bytes of weights are ${result.sizeBytes} now (${ratio.toFixed(2)} times smaller), read back and found to predict`;
  await host.publish(
    reportOf({ runId: id, scheme: inputs.scheme, state: 'info', sentence, sources, result, model }),
  );
  const outputs: Out = {
    model: model.ref as Out['model'],
    'model-digest': model.digest,
    scheme: inputs.scheme,
    'size-bytes': result.sizeBytes,
    'compression-ratio': ratio,
    'run-id': id,
    record,
  };
  return { outputs, sentence };
}

/** Merges and quantizes; the model lies in `outputDir` afterwards, whole and read back. */
async function quantize(
  inputs: In,
  sources: Sources,
  outputDir: string,
  host: Host,
): Promise<QuantizingResult> {
  const own = inputs.requirements && resolve(host.workspace, inputs.requirements);
  const environment = await pythonEnvironment({
    name: 'quantizing',
    requirements: own ?? join(host.programs, quantizingRequirements),
    // a bare name is one on PATH
    python: inputs.python?.includes('/') ? resolve(host.workspace, inputs.python) : inputs.python,
    cacheDir: host.cacheDir,
    env: host.env,
    log: host.log.debug,
    signal: host.signal,
  });
  const { program, config } = llmCompressor({
    model: sources.model.folder,
    adapter: sources.adapter?.folder ?? null,
    outputDir,
    scheme: inputs.scheme,
    calibrationData: sources.calibration?.file ?? null,
  });
  const folder = join(host.temp, 'quantizing');
  await mkdir(folder, { recursive: true });
  const result = await pythonProgram({
    environment,
    program: join(host.programs, program),
    config,
    folder,
    name: 'Quantizing',
    signal: host.signal,
    onLine: (line) => {
      const event = readEvent(line);
      if (event?.event === 'stage') host.log.info(event.name);
      else if (event === undefined) host.log.debug(line);
    },
  });
  return readQuantizingResult(result);
}

/** Why the model is not taken, in one sentence; undefined where it is. */
function tooMuchLost(inputs: In, { score, originalScore }: QuantizingResult): string | undefined {
  const allowed = inputs['max-score-drop'];
  if (allowed === undefined || score === null || originalScore === null) return undefined;
  const drop = originalScore - score;
  return drop > allowed
    ? `the score fell from ${originalScore.toFixed(4)} to ${score.toFixed(4)}, by ${drop.toFixed(4)}; max-score-drop allows ${allowed}`
    : undefined;
}

async function refused(
  inputs: In,
  sources: Sources,
  result: QuantizingResult,
  reason: string,
  host: Host,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const shown = { runId: sources.runId ?? 'none', scheme: inputs.scheme, sentence: reason, sources, result };
  await host.publish(reportOf({ ...shown, state: 'fail', model: undefined }));
  return { outputs: nothing(inputs, sources), refused: reason, sentence: reason };
}

const nothing = (inputs: In, sources: Sources): Out => ({
  model: 'none',
  'model-digest': 'none',
  scheme: inputs.scheme,
  'size-bytes': 0,
  'compression-ratio': 'none',
  'run-id': sources.runId === undefined ? 'none' : runId.parse(sources.runId),
  record: inputs.record ?? 'none',
});

/** A model that no run of ours has made gets one, so that what follows can be joined to it. */
async function beginRun(tracker: Tracker, store: Store, startedAt: Date, host: Host): Promise<string> {
  const { commit, repository } = host.source;
  const experiment = 'sluice';
  const tags = {
    'sluice.step': 'quantize',
    'sluice.repository': repository,
    ...(commit ? { 'sluice.commit': commit } : {}),
  };
  const tracked = await tracker.startRun({ experiment, tags, startedAt: startedAt.getTime() });
  await writeRunInfo(store, {
    runId: tracked.runId,
    madeBy: 'quantize',
    createdAt: startedAt.toISOString(),
    repository,
    ...(commit ? { commit } : {}),
    trackingUri: tracker.uri,
    experiment,
  });
  return tracked.runId;
}

async function track(
  tracker: Tracker,
  id: string,
  result: QuantizingResult,
  model: { readonly ref: string; readonly digest: string },
  host: Host,
): Promise<void> {
  const timestamp = host.now().getTime();
  await tracker.logMetrics(
    id,
    Object.entries(measured(result)).map(([key, value]) => ({ key, value, step: 0, timestamp })),
  );
  await tracker.setTags(id, { 'sluice.quantized': model.ref, 'sluice.quantized-digest': model.digest });
}
