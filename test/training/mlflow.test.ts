import { freePort } from '@sluice/process';
import { fetchModel, openStore } from '@sluice/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Mlflow, startMlflow } from '../parts/mlflow.ts';
import { loraTrain, modelEnvironment, realHost, type TinyModel, tinyModel } from './setup.ts';

let tiny: TinyModel;
let mlflow: Mlflow;

beforeAll(async () => {
  tiny = await tinyModel(await modelEnvironment());
  mlflow = await startMlflow();
});
afterAll(() => mlflow?.stop());

interface Run {
  readonly info: { readonly status: string };
  readonly data: {
    readonly params: readonly { key: string; value: string }[];
    readonly tags: readonly { key: string; value: string }[];
  };
}

const api = async (path: string) => (await fetch(`${mlflow.uri}/api/2.0/mlflow/${path}`)).json();
const valueAt = (list: readonly { key: string; value: string }[], key: string) =>
  list.find((entry) => entry.key === key)?.value;

test('MLflow has the run with its curve, and holds the bytes for a machine that shares nothing else', async () => {
  using host = realHost();
  const { outputs } = await loraTrain(host, {
    'base-model': tiny.base,
    dataset: tiny.train,
    config: '{steps: 20, rank: 4, logging-steps: 5, batch-size: 8}',
    'tracking-uri': mlflow.uri,
    experiment: 'capitals',
  });
  const { run } = (await api(`runs/get?run_id=${outputs['run-id']}`)) as { run: Run };
  expect(run.info.status).toBe('FINISHED');
  expect(valueAt(run.data.params, 'rank')).toBe('4');
  expect(valueAt(run.data.params, 'alpha')).toBe('8');
  expect(valueAt(run.data.tags, 'sluice.data-version')).toBe(outputs['data-version']);
  expect(valueAt(run.data.tags, 'sluice.base-model-digest')).toBe(outputs['base-model-digest']);
  const { metrics } = (await api(`metrics/get-history?run_id=${outputs['run-id']}&metric_key=loss`)) as {
    metrics: { step: number | string; value: number }[];
  };
  expect(metrics.map(({ step }) => Number(step)).toSorted((a, b) => a - b)).toEqual([5, 10, 15, 20]);

  expect(outputs.adapter).toBe(`runs:/${outputs['run-id']}/adapter`);
  using other = realHost();
  const places = { workspace: other.workspace, env: {}, trackingUri: mlflow.uri };
  const store = await openStore(places);
  await fetchModel(outputs.adapter, outputs['model-digest'] as never, {
    ...places,
    store,
    cacheDir: other.temp,
  });
});

test('a training that is refused is marked as failed with the reason', async () => {
  using host = realHost();
  const dataset = host.write('broken.jsonl', '{"instruction": "a", "output": ""}');
  const inputs = { 'base-model': tiny.base, dataset, 'tracking-uri': mlflow.uri, experiment: 'broken' };
  await expect(loraTrain(host, inputs)).rejects.toThrow(/line 1: field 'output' is empty/);
  const { experiment } = (await api('experiments/get-by-name?experiment_name=broken')) as {
    experiment: { experiment_id: string };
  };
  const answer = await fetch(`${mlflow.uri}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: [experiment.experiment_id] }),
  });
  const { runs } = (await answer.json()) as { runs: Run[] };
  expect(runs.map(({ info }) => info.status)).toEqual(['FAILED']);
  expect(valueAt((runs[0] as Run).data.tags, 'sluice.failure')).toContain("line 1: field 'output' is empty");
});

test('a tracking server that is down ends the step before anything is trained', async () => {
  using host = realHost();
  const uri = `http://127.0.0.1:${await freePort()}`;
  const inputs = { 'base-model': tiny.base, dataset: tiny.train, 'tracking-uri': uri };
  await expect(loraTrain(host, inputs)).rejects.toMatchObject({ exitCode: 4 });
  // also where the bytes would lie elsewhere
  using apart = realHost({ env: { ...host.env, SLUICE_STORE_URL: 'store' } });
  await expect(loraTrain(apart, inputs)).rejects.toMatchObject({ exitCode: 4 });
  expect(apart.logged.join('\n')).not.toContain('group: Training');
});
