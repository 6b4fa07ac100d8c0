import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mlflow, startMlflow } from '../parts/mlflow.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

describe('one rollout after the other', () => {
  let mlflow: Mlflow;
  beforeEach(async () => {
    mlflow = await startMlflow();
  });
  afterEach(async () => await mlflow.stop());

  it('swaps the slots, moves the alias, keeps the history, and goes back', async () => {
    const uri = { 'tracking-uri': mlflow.uri };
    const tracker = openTracker(mlflow.uri, stage.env, { workspace: stage.folder });
    await tracker.registry.ensureModel('qwen');
    const versions: string[] = [];
    const register = async (runId: string) => {
      const tracked = await tracker.startRun({ experiment: 'tests', name: runId, startedAt: Date.now() });
      const made = await tracker.registry.createVersion({
        name: 'qwen',
        source: `runs:/${tracked.runId}/model`,
        runId: tracked.runId,
      });
      versions.push(made.version);
      return tracked.runId;
    };
    const production = async () => (await tracker.registry.getAlias('qwen', 'production'))?.version;
    const through = (start: Record<string, string>) =>
      stage.withUsers(() => stage.step({ ...start, ...uri, wait: 'true', 'wait-limit': '90s' }));

    const first = await register('first');
    const one = await stage.judged({ runId: first });
    const done = await through(one.start);
    expect(done.result.outputs).toMatchObject({ decision: 'complete', weight: 100, deploy: true, stage: 2 });
    expect(done.failures).toEqual([]);
    expect(await stage.router.weight()).toBe(100);
    expect(await production()).toBe(versions[0]);
    expect(await stage.told(first)).toEqual(['hold 0 0', 'advance 1 50', 'advance 2 100', 'complete 2 100']);

    // the next one stands in the slot that is free now
    const next = await register('second');
    stage.servers.stable.version = 'qwen-v1.2.0';
    const two = await stage.judged({ runId: next, version: 'qwen-v1.2.0' });
    const again = await through(two.start);
    expect(again.result.outputs).toMatchObject({ decision: 'complete', weight: 100, 'run-id': next });
    expect(again.failures).toEqual([]);
    expect(await stage.router.weight()).toBe(0);
    expect(await production()).toBe(versions[1]);
    const state = await stage.state();
    expect(state).toMatchObject({ live: 'stable', history: [{ runId: first }, { runId: next }] });
    expect(state.history[0]?.metrics).toMatchObject({ 'error-rate': 0 });
    // asking for it once more is no refusal
    const repeated = await stage.step({ ...two.start, ...uri });
    expect(repeated.refused).toBeUndefined();
    expect(repeated.outputs).toMatchObject({ decision: 'none', deploy: true });

    await expect(stage.rollback({ 'run-id': next, to: 'qwen-v1.0.0' })).rejects.toThrow(
      /holds qwen-v1\.1\.0/,
    );
    for (const _ of [1, 2]) {
      const { outputs, refused } = await stage.rollback({ 'run-id': next, ...uri });
      expect(refused).toBeUndefined();
      expect(outputs).toMatchObject({
        'rolled-back': true,
        verified: true,
        'from-version': { semver: '1.2.0' },
        'to-version': { semver: '1.1.0' },
        'restored-run-id': first,
      });
      expect(await stage.router.weight()).toBe(100);
      expect(await production()).toBe(versions[0]);
    }
    expect((await stage.state()).history[1]?.revertedAt).toBeGreaterThan(0);
    // the version before is live, but nothing older is warm
    const older = await stage.rollback({ 'run-id': first });
    expect(older.outputs['rolled-back']).toBe(false);
    expect(older.refused).toMatch(
      /is live and no version completed a rollout before it.*was last given to qwen-v1\.2\.0/,
    );

    await mlflow.stop();
    const silent = await stage.rollback({ 'run-id': next, ...uri });
    expect(silent.outputs['rolled-back']).toBe(true);
    expect(silent.refused).toMatch(
      /taken back, but registry-alias: .*Run rollback again when that is mended/,
    );
  });
});
