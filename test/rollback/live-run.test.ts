import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '../canary/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

const whole = { wait: 'true', 'wait-limit': '90s' };

/** v1.1.0 and v1.2.0 went live, v1.3.0 was taken back: it stands where v1.1.0 did. */
async function afterBadCanary(): Promise<void> {
  const one = await stage.judged();
  await stage.withUsers(() => stage.step({ ...one.start, ...whole }));
  const two = await stage.judged({ runId: 'run-0000-0002', version: 'qwen-v1.2.0' });
  stage.servers.stable.version = 'qwen-v1.2.0';
  await stage.withUsers(() => stage.step({ ...two.start, ...whole }));
  expect(await stage.router.weight()).toBe(0);
  const three = await stage.judged({ runId: 'run-0000-0003', version: 'qwen-v1.3.0' });
  stage.servers.canary.version = 'qwen-v1.3.0';
  await stage.withUsers(() => stage.step({ ...three.start, plan: '50@1h,100@1h' }));
  await stage.tickUntil(50);
  await stage.step({ command: 'abort', reason: 'it was slow' });
}

describe('the live run, after a canary beside it was taken back', () => {
  it('has nowhere to go back to until an earlier version is warm again; the drill says so, then both work', async () => {
    await afterBadCanary();
    const state = await stage.state();
    for (const drill of ['true', 'false']) {
      const { outputs, refused } = await stage.rollback({ 'run-id': 'run-0000-0002', drill });
      expect(outputs).toMatchObject({ 'rolled-back': false, verified: false });
      expect(refused).toMatch(
        /run run-0000-0002 is live, and no earlier version is warm: the slot canary .* serves qwen-v1\.3\.0, not qwen-v1\.1\.0\. Deploy qwen-v1\.1\.0/,
      );
    }
    expect(await stage.state()).toEqual(state);
    expect(await stage.router.weight()).toBe(0);

    stage.servers.canary.version = 'qwen-v1.1.0';
    const drilled = await stage.rollback({ 'run-id': 'live', drill: 'true' });
    expect(drilled.outputs).toMatchObject({ 'run-id': 'run-0000-0002', verified: true });
    expect(drilled.refused).toBeUndefined();
    expect(await stage.router.weight()).toBe(0);
    expect(await stage.state()).toEqual(state);

    for (const _ of [1, 2]) {
      const { outputs } = await stage.rollback({ 'run-id': 'run-0000-0002' });
      expect(outputs).toMatchObject({
        'rolled-back': true,
        verified: true,
        'from-version': { semver: '1.2.0' },
        'to-version': { semver: '1.1.0' },
        'restored-run-id': 'run-0000-0001',
      });
      expect(outputs['duration-ms']).toBeGreaterThanOrEqual(0);
      expect(await stage.router.weight()).toBe(100);
    }
    // a later tick leaves it there
    expect((await stage.step()).outputs.decision).toBe('none');
    expect(await stage.router.weight()).toBe(100);
  });

  it('is named by `live` for a drill alone, which is left out while there is nothing to drill', async () => {
    await expect(stage.rollback({ 'run-id': 'live' })).rejects.toThrow(/for a drill alone/);
    const before = await stage.rollback({ 'run-id': 'live', drill: 'true' });
    expect(before.sentence).toMatch(/no version ever completed/);
    expect(before.outputs['run-id']).toBe('none');
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, ...whole }));
    const next = await stage.judged({ runId: 'run-0000-0002', version: 'qwen-v1.2.0' });
    await stage.withUsers(() => stage.step({ ...next.start, plan: '50@1h,100@1h' }));
    const beside = await stage.rollback({ 'run-id': 'live', drill: 'true' });
    expect(beside.sentence).toMatch(/run-0000-0002 .* is under way: no drill beside it/);
    expect(beside.refused).toBeUndefined();
  });
});

describe('a version whose record was rejected afterwards', () => {
  it('gets the users, and is not called good', async () => {
    const one = await stage.judged();
    await stage.withUsers(() => stage.step({ ...one.start, ...whole }));
    const two = await stage.judged({ runId: 'run-0000-0002', version: 'qwen-v1.2.0' });
    stage.servers.stable.version = 'qwen-v1.2.0';
    await stage.withUsers(() => stage.step({ ...two.start, ...whole }));
    await one.judged.judge('reject');
    const { outputs, refused } = await stage.rollback({ 'run-id': 'run-0000-0002' });
    expect(outputs).toMatchObject({ 'rolled-back': true, verified: false });
    expect(refused).toMatch(/does not prove it good: .* rejected afterwards/);
    expect(await stage.router.weight()).toBe(100);
  });
});
