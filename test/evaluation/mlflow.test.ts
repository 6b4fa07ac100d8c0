import { cpSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeOutputs, parseInputs, type RecordRef } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host';
import { namedBy, openRecord, provesApproval } from '@sluice/record';
import { openStore } from '@sluice/store';
import { openTracker } from '@sluice/tracking';
import { afterAll, beforeAll, expect, test } from 'vitest';
import gate from '../../actions/eval-gate/src/main.ts';
import { type Mlflow, startMlflow } from '../parts/mlflow.ts';

const FIXTURES = join(import.meta.dirname, '../../packages/evaluation/fixtures/lm-eval');
const MODEL = `sha256:${'b'.repeat(64)}`;
let mlflow: Mlflow;

beforeAll(async () => {
  mlflow = await startMlflow();
});
afterAll(() => mlflow?.stop());

/** A job of its own: nothing but the server is shared with another. */
async function job(inputs: Record<string, string>, ...results: string[]) {
  const host: TestHost = testHost({ action: 'eval-gate', env: { MLFLOW_TRACKING_URI: mlflow.uri } });
  for (const name of results) cpSync(join(FIXTURES, name), join(host.workspace, name), { recursive: true });
  host.write(
    'gates.yaml',
    'gates:\n  - {metric: exact_match@last-number, at-least: 0.8}\n  - {metric: exact_match@last-number, not-worse-than: baseline, margin: 0.15}\n',
  );
  const all = { gates: 'gates.yaml', register: 'sums', alias: 'production', ...inputs };
  const { outputs } = await gate.run(parseInputs(gate.definition, new Map(Object.entries(all))), host);
  const wire = encodeOutputs(gate.definition, outputs, { masked: [], oneLine: true });
  const shown = host.published[0]?.report;
  await rm(host.workspace, { recursive: true });
  host.dispose();
  return { wire, shown };
}

test('versions, aliases, metrics, results and record lie at MLflow, where the next job finds them', async () => {
  const baseline = 'registry:sums@production';
  const first = await job(
    { candidate: 'good', baseline, 'baseline-missing': 'absolute-only', 'model-digest': MODEL },
    'good',
  );
  expect(first.wire.get('decision')).toBe('approve');
  expect(first.wire.get('model-version')).toBe('sums-v1.0.0');
  expect(first.wire.get('registry-version')).toBe('1');

  const tracker = openTracker(mlflow.uri, {}, { workspace: '/' });
  const version = await tracker.registry.getAlias('sums', 'production');
  expect(version).toMatchObject({
    version: '1',
    runId: first.wire.get('run-id'),
    tags: { 'sluice.model-digest': MODEL },
  });
  const run = await tracker.getRun(first.wire.get('run-id') as string);
  expect(run?.metrics['sums/exact_match/last-number']).toBe(0.975);

  const record = first.wire.get('record') as RecordRef;
  const store = await openStore({ trackingUri: mlflow.uri, workspace: '/', env: {} });
  const opened = await openRecord(record, store);
  expect(provesApproval(opened, { identity: { model: MODEL as never } })).toMatchObject({
    approved: true,
    claimed: true,
  });
  expect(namedBy(opened)).toMatchObject({ version: 'sums-v1.0.0', registryVersion: '1' });

  const worse = await job({ candidate: 'bad', baseline, 'model-digest': `sha256:${'c'.repeat(64)}` }, 'bad');
  expect(worse.wire.get('decision')).toBe('reject');
  expect(worse.wire.get('registry-version')).toBe('none');
  expect((await tracker.registry.getAlias('sums', 'production'))?.version).toBe('1');

  const better = await job(
    { candidate: 'better', baseline, 'model-digest': `sha256:${'d'.repeat(64)}` },
    'better',
  );
  expect(better.wire.get('model-version')).toBe('sums-v1.1.0');
  expect((await tracker.registry.getAlias('sums', 'production'))?.version).toBe('2');
  const chart = better.shown?.blocks.find((block) => block.type === 'chart' && block.kind === 'trend');
  expect(chart).toMatchObject({ title: 'From sums-v1.0.0 to this candidate; dashed: the bound' });
});

test('a step that is repeated finds its own version', async () => {
  const inputs = { candidate: 'good', baseline: 'good', register: 'again', 'model-digest': MODEL };
  const first = await job(inputs, 'good');
  const second = await job(
    { ...inputs, 'run-id': first.wire.get('run-id') as string, record: first.wire.get('record') as string },
    'good',
  );
  expect(second.wire.get('registry-version')).toBe(first.wire.get('registry-version'));
  expect(second.wire.get('model-version')).toBe('again-v1.0.0');
});

test('a tracking server that is down is exit 4, before anything is decided', async () => {
  const down = job({ candidate: 'good', baseline: 'good', 'tracking-uri': 'http://127.0.0.1:9' }, 'good');
  await expect(down).rejects.toMatchObject({ exitCode: 4 });
});
