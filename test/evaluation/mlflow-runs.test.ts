import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOutputs, parseInputs } from '@sluice/contract';
import { type GateReport, readResults } from '@sluice/evaluation';
import { testHost } from '@sluice/host';
import { pythonEnvironment, run } from '@sluice/process';
import { modelDigest } from '@sluice/record';
import { openTracker } from '@sluice/tracking';
import { afterAll, beforeAll, expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import { MLFLOW_REQUIREMENTS, type Mlflow, startMlflow } from '../parts/mlflow.ts';

const FIXTURES = join(import.meta.dirname, '../../packages/evaluation/fixtures/lm-eval');
let mlflow: Mlflow;
let runs: Record<string, string>;

/** Logs what the script logs and returns the runs. */
async function logged(uri: string, ...more: string[]): Promise<Record<string, string>> {
  const { python, env } = await pythonEnvironment({ name: 'MLflow', requirements: MLFLOW_REQUIREMENTS });
  const script = join(import.meta.dirname, 'mlflow_runs.py');
  const done = await run([python, script, uri, join(FIXTURES, 'good'), ...more], {
    env: {
      ...env,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_ALLOW_FILE_STORE: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    },
    timeoutMs: 500_000,
  });
  if (done.code !== 0) throw new Error(done.tail.join('\n'));
  return JSON.parse(done.stdout.trim().split('\n').at(-1) as string);
}

beforeAll(async () => {
  mlflow = await startMlflow();
  runs = await logged(mlflow.uri);
});
afterAll(() => mlflow?.stop());

/** A gate on runs of the server; `env` of the job beside the server's address. */
async function judged(gates: string, inputs: Record<string, string>, env: Record<string, string> = {}) {
  using host = testHost({ action: 'eval-gate', env: { MLFLOW_TRACKING_URI: mlflow.uri, ...env } });
  const all = { gates: `gates: [${gates}]`, ...inputs };
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(all))), host);
  const wire = encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
  const metrics: Record<string, number> = JSON.parse(wire.get('metrics') as string);
  return {
    decision: wire.get('decision') as GateReport['decision'],
    metrics,
    runId: wire.get('run-id') as string,
  };
}

test('the metrics of a run are absolute figures; the last step counts, NaN never passes', async () => {
  const { decision, metrics } = await judged('{metric: eval/accuracy, at-least: 0.8}', {
    candidate: runs.figures as string,
  });
  expect(decision).toBe('approve');
  expect(metrics).toEqual({ 'mlflow/eval/accuracy': 0.8 });
  const nan = await judged('{metric: toxicity, at-most: 1}', { candidate: `runs:/${runs.figures}` });
  expect(nan.decision).toBe('undecided');
  const proven = await judged('{metric: eval/accuracy, at-least: 0.5, proven: true}', {
    candidate: runs.figures as string,
  });
  expect(proven.decision).toBe('undecided');
});

test('the table of mlflow.evaluate is paired item by item, as candidate and as baseline', async () => {
  const better = await judged('{metric: right, not-worse-than: baseline, margin: 0.1, better: higher}', {
    candidate: runs.table as string,
    baseline: `runs:/${runs.worse}`,
  });
  expect(better.decision).toBe('approve');
  expect(better.metrics).toMatchObject({ 'all/right': 38 / 40, 'mlflow/right/mean': 38 / 40 });
  const worse = await judged('{metric: right, not-worse-than: baseline, margin: 0.1, better: higher}', {
    candidate: runs.worse as string,
    baseline: runs.table as string,
  });
  expect(worse.decision).toBe('reject');
});

test('the scores of mlflow.genai.evaluate are read from its traces: an error of a scorer is missing, not wrong', async () => {
  const compared = { candidate: runs.genai as string, baseline: runs['genai worse'] as string };
  const better = await judged('{metric: correct, better-than: baseline, better: higher}', compared);
  expect(better.decision).toBe('approve');
  expect(better.metrics).toMatchObject({
    'genai/correct': 39 / 40,
    'genai/polite': 1,
    'mlflow/correct/mean': 39 / 40,
  });
  expect((await judged('{metric: polite, at-least: 0.5}', compared)).decision).toBe('undecided');
});

test('files that a run logged, also where the store is elsewhere', async () => {
  const store = mkdtempSync(join(tmpdir(), 'store-'));
  const found = await judged(
    '{metric: exact_match@last-number, at-least: 0.8}',
    { candidate: `runs:/${runs.files}/results` },
    { SLUICE_STORE_URL: store },
  );
  expect(found.decision).toBe('approve');
});

test('a registered version that no gate judged: the table that its run logged is the baseline', async () => {
  const tracker = openTracker(mlflow.uri, {}, { workspace: '/' });
  await tracker.registry.ensureModel('plain');
  const made = await tracker.registry.createVersion({
    name: 'plain',
    source: `runs:/${runs.table}/model`,
    runId: runs.table as string,
  });
  await tracker.registry.setAlias('plain', 'production', made.version);
  const found = await judged('{metric: right, not-worse-than: baseline, margin: 0.1, better: higher}', {
    candidate: runs.worse as string,
    baseline: 'registry:plain@production',
  });
  expect(found.decision).toBe('reject');
});

test('a run that is not there, and one that logged nothing', async () => {
  const candidate = 'f'.repeat(32);
  await expect(judged('{metric: x, at-least: 1}', { candidate })).rejects.toMatchObject({ exitCode: 2 });
  const tracker = openTracker(mlflow.uri, {}, { workspace: '/' });
  const { runId } = await tracker.startRun({ experiment: 'evaluations', startedAt: 1 });
  await expect(judged('{metric: x, at-least: 1}', { candidate: runId })).rejects.toThrow(
    /has no metrics, no eval_results_table\.json/,
  );
});

test("a run folder of MLflow's file store", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mlruns-'));
  const { figures } = await logged(`file://${folder}`, 'metrics-only');
  const experiment = readdirSync(folder).find((name) => /^\d{5,}$/.test(name)) as string;
  const results = await readResults(join(folder, experiment, figures as string));
  const series = results.tasks[0]?.series.map(({ metric, aggregate }) => [metric, aggregate]);
  expect(results.format).toBe('mlflow');
  expect(series).toEqual([
    ['eval/accuracy', 0.8],
    ['toxicity', Number.NaN],
  ]);
});

test('an evaluation that one machine made is found by another through the server', async () => {
  const script =
    "require('fs').writeFileSync(process.argv[1] + '/r.jsonl', JSON.stringify({id: 1, accuracy: 1}) + '\\n')";
  const command = [process.execPath, '-e', script, '{output}'];
  const config = JSON.stringify({ command, cache: { version: '1', files: ['data.json'] } });
  const machine = async () => {
    using host = testHost({ action: 'eval-gate', env: { MLFLOW_TRACKING_URI: mlflow.uri } });
    host.write('data.json', '{}');
    host.write('model/config.json', '{}');
    const inputs = {
      gates: 'gates: [{metric: accuracy, at-least: 0.5}]',
      evaluator: 'command',
      config,
      model: 'model',
      'model-digest': await modelDigest(join(host.workspace, 'model')),
    };
    await gate.run(parseInputs(gate.definition, new Map(Object.entries(inputs))), host);
    return host.logged.join('\n');
  };
  expect(await machine()).toContain('the evaluation is cached as sha256:');
  expect(await machine()).toMatch(
    /taken from the cache: .* found in mlflow-artifacts:\/sluice\/evaluations\//,
  );
});
