import { SystemError, UserError } from '@sluice/contract';
import { connectMlflow, openStore } from '@sluice/store';
import { openTracker, type Tracker } from '@sluice/tracking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mlflow, startMlflow } from '../parts/mlflow.ts';

let mlflow: Mlflow;
let tracker: Tracker;
const workspace = process.cwd();
const startedAt = Date.UTC(2026, 10, 21, 12);

beforeAll(async () => {
  mlflow = await startMlflow();
  tracker = openTracker(mlflow.uri, {}, { workspace });
});
afterAll(() => mlflow?.stop());

describe('runs on a real MLflow server', () => {
  it('keeps parameters, curves, tags and how the run ended', async () => {
    const { runId } = await tracker.startRun({
      experiment: 'lora / toy',
      name: 'first',
      tags: { commit: 'a'.repeat(40) },
      startedAt,
    });
    expect(runId).toMatch(/^[0-9a-f]{32}$/);
    await tracker.logParams(runId, {
      rank: 16,
      'learning-rate': 5e-3,
      'target-modules': 'all-linear',
      bf16: false,
    });
    const curve = Array.from({ length: 2500 }, (_, step) => ({
      key: 'loss',
      value: 2 / (step + 1),
      step,
      timestamp: startedAt + step,
    }));
    await tracker.logMetrics(runId, curve);
    await tracker.logMetrics(runId, curve.slice(0, 10));
    await tracker.setTags(runId, { 'sluice.note': 'ünï' });
    await tracker.finish(runId, 'FINISHED', startedAt + 5000);
    expect(await tracker.getRun(runId)).toMatchObject({
      runId,
      name: 'first',
      experiment: 'lora / toy',
      status: 'FINISHED',
      startedAt,
      finishedAt: startedAt + 5000,
      params: { rank: '16', 'learning-rate': '0.005', 'target-modules': 'all-linear', bf16: 'false' },
      metrics: { loss: 2 / 2500 },
      tags: { commit: 'a'.repeat(40), 'sluice.note': 'ünï' },
    });
    const history = (await connectMlflow(mlflow.uri, {}).read('metrics/get-history', {
      run_id: runId,
      metric_key: 'loss',
      max_results: 25000,
    })) as { metrics: unknown[] };
    expect(history.metrics).toHaveLength(2500);
    expect(await tracker.pageOf({ runId })).toMatch(
      new RegExp(`^${mlflow.uri}/#/experiments/\\d+/runs/${runId}$`),
    );
  });

  it('keeps a loss that became NaN', async () => {
    const { runId } = await tracker.startRun({ experiment: 'nan', startedAt });
    await tracker.logMetrics(runId, [
      { key: 'loss', value: Number.NaN, step: 1, timestamp: startedAt },
      { key: 'norm', value: Number.POSITIVE_INFINITY, step: 1, timestamp: startedAt },
    ]);
    await tracker.finish(runId, 'FAILED', startedAt + 1);
    const run = await tracker.getRun(runId);
    expect(run?.metrics.loss).toBeNaN();
    // MLflow's SQL store keeps infinities as the largest number
    expect(run?.metrics.norm).toBeGreaterThan(1e308);
    expect(run?.status).toBe('FAILED');
  });

  it('writes names that MLflow does not take with the nearest that it takes', async () => {
    const { runId } = await tracker.startRun({ experiment: 'names', startedAt });
    const metric = { value: 1, step: 0, timestamp: startedAt };
    await tracker.logMetrics(runId, [{ ...metric, key: 'gsm8k/exact_match@strict-match' }]);
    await tracker.logParams(runId, { 'what?': 'x'.repeat(7000) });
    const run = await tracker.getRun(runId);
    expect(run?.metrics).toEqual({ 'gsm8k/exact_match:strict-match': 1 });
    expect(run?.params).toEqual({ what_: 'x'.repeat(6000) });
  });

  it('finds runs by tags, newest first, and none in an experiment that is not there', async () => {
    const tags = { 'sluice.key': "it's" };
    for (const at of [1, 2, 3])
      await tracker.startRun({ experiment: 'find', tags, startedAt: startedAt + at });
    await tracker.startRun({ experiment: 'find', tags: { 'sluice.key': 'other' }, startedAt });
    const found = await tracker.findRuns(tags, { experiment: 'find', limit: 2 });
    expect(found.map((run) => run.startedAt - startedAt)).toEqual([3, 2]);
    expect(await tracker.findRuns(tags, { experiment: 'nowhere' })).toEqual([]);
  });

  it('knows no run that is not there', async () => {
    expect(await tracker.getRun('0'.repeat(32))).toBeUndefined();
    expect(await tracker.getRun('not an id')).toBeUndefined();
  });

  it('makes one experiment when many start at once', async () => {
    const trackers = Array.from({ length: 6 }, () => openTracker(mlflow.uri, {}, { workspace }));
    const runs = await Promise.all(trackers.map((t) => t.startRun({ experiment: 'at once', startedAt })));
    expect(new Set(runs.map((run) => run.runId)).size).toBe(6);
    expect(await tracker.findRuns({}, { experiment: 'at once' })).toHaveLength(6);
  });
});

describe("MLflow's model registry", () => {
  it('registers a version once, moves an alias and tells what it named before', async () => {
    const { registry } = tracker;
    const { runId } = await tracker.startRun({ experiment: 'registry', startedAt });
    const first = await registry.createVersion({
      name: 'toy',
      source: `runs:/${runId}/adapter`,
      runId,
      tags: { version: 'toy-v1.0.0' },
    });
    expect(first).toMatchObject({ name: 'toy', version: '1', runId, tags: { version: 'toy-v1.0.0' } });
    const again = await registry.createVersion({
      name: 'toy',
      source: `runs:/${runId}/adapter`,
      runId,
      tags: { version: 'toy-v1.0.0' },
    });
    expect(again.version).toBe('1');
    const second = await registry.createVersion({ name: 'toy', source: 's3://models/toy/2', runId });
    expect(second.version).toBe('2');

    expect(await registry.setAlias('toy', 'candidate', '1')).toEqual({ version: '1', previous: undefined });
    expect(await registry.setAlias('toy', 'candidate', '2')).toEqual({ version: '2', previous: '1' });
    expect(await registry.getAlias('toy', 'candidate')).toMatchObject({
      version: '2',
      source: 's3://models/toy/2',
    });
    await registry.setVersionTag('toy', '2', 'decision', 'approve');
    const versions = await registry.versions('toy');
    expect(versions.map((v) => v.version)).toEqual(['2', '1']);
    expect(versions[0]).toMatchObject({ tags: { decision: 'approve' }, aliases: ['candidate'] });
    await registry.deleteAlias('toy', 'candidate');
    expect(await registry.getAlias('toy', 'candidate')).toBeUndefined();
  });

  it('knows neither a model nor an alias that is not there', async () => {
    expect(await tracker.registry.getAlias('nobody', 'production')).toBeUndefined();
    expect(await tracker.registry.versions('nobody')).toEqual([]);
    await tracker.registry.ensureModel('lonely');
    await tracker.registry.ensureModel('lonely');
    expect(await tracker.registry.getAlias('lonely', 'production')).toBeUndefined();
  });

  it('refuses an alias of a version that is not there', async () => {
    await expect(tracker.registry.setAlias('toy', 'production', '77')).rejects.toThrow(SystemError);
  });
});

describe('a server that asks who one is and serves no artifacts', () => {
  const admin = { user: 'admin', password: 'quite a long secret' };
  let guarded: Mlflow;
  beforeAll(async () => {
    guarded = await startMlflow({ admin, artifacts: 'folder' });
  });
  afterAll(() => guarded?.stop());
  const run = { experiment: 'guarded', startedAt };

  it('lets in who knows the password, given by variables or in the address', async () => {
    const env = { MLFLOW_TRACKING_USERNAME: admin.user, MLFLOW_TRACKING_PASSWORD: admin.password };
    const { runId } = await openTracker(guarded.uri, env, { workspace }).startRun(run);
    const address = guarded.uri.replace('//', `//${admin.user}:${encodeURIComponent(admin.password)}@`);
    const named = openTracker(address, {}, { workspace });
    expect(await named.getRun(runId)).toMatchObject({ runId });
    expect(named.uri).toBe(guarded.uri);
  });

  it('keeps artifacts on its own disk: no store for other machines, said before anything is written', async () => {
    const env = { MLFLOW_TRACKING_USERNAME: admin.user, MLFLOW_TRACKING_PASSWORD: admin.password };
    const opened = openStore({ trackingUri: guarded.uri, workspace, env });
    await expect(opened).rejects.toThrow(UserError);
    await expect(opened).rejects.toThrow(/SLUICE_STORE_URL/);
  });

  it('says what to set when nothing was given, and never shows what was', async () => {
    const none = openTracker(guarded.uri, {}, { workspace }).startRun(run);
    await expect(none).rejects.toThrow(/answered 401.*without credentials; set MLFLOW_TRACKING_TOKEN/);
    const secret = 'wrong-but-secret';
    const env = { MLFLOW_TRACKING_USERNAME: 'admin', MLFLOW_TRACKING_PASSWORD: secret };
    const wrong = await openTracker(guarded.uri, env, { workspace })
      .startRun(run)
      .catch((error: Error) => error);
    expect(wrong).toBeInstanceOf(SystemError);
    expect(String(wrong)).toContain('401');
    expect(String(wrong)).not.toContain(secret);
  });
});
