import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRecord } from '@sluice/record';
import { encodeState, type Rollout } from '@sluice/rollout';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POLICY, Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

const second = { runId: 'run-0000-0002', version: 'qwen-v1.2.0' };

describe('what a tick does about the world', () => {
  it('waits while another version answers, and goes on when the right one does', async () => {
    const { start } = await stage.judged();
    stage.servers.canary.version = 'qwen-v0.9.0';
    const { result } = await stage.withUsers(() =>
      stage.step({ ...start, canary: stage.servers.canary.url }),
    );
    expect(result.outputs.decision).toBe('hold');
    // what answers is asked at every tick, also where only the router knows its address
    await stage.withUsers(async () => {
      for (const end = Date.now() + 60_000; Date.now() < end; ) {
        const { outputs } = await stage.step();
        if (/serves qwen-v0\.9\.0, not qwen-v1\.1\.0/.test(outputs.reason)) return;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      throw new Error('never held for the wrong version');
    });
    expect(await stage.router.weight()).toBe(0);
    stage.servers.canary.version = 'qwen-v1.1.0';
    await stage.tickUntil(50);
  });

  it('asks servers that want a key with the key, which the log does not show', async () => {
    const { start } = await stage.judged();
    stage.servers.canary.key = stage.servers.stable.key = 'a key of the servers';
    const begun = { ...start, plan: '50@1h,100@1h', canary: stage.servers.canary.url };
    const locked = await stage.withUsers(() => stage.step(begun));
    expect(locked.result.outputs).toMatchObject({ decision: 'hold', weight: 0 });
    const given = { canary: stage.servers.canary.url, 'api-key-env': 'SERVERS_KEY' };
    await expect(stage.step(given)).rejects.toThrow(/variable SERVERS_KEY is not set in this job/);
    Object.assign(stage.host.env, { SERVERS_KEY: 'a key of the servers' });
    await stage.withUsers(async () => {
      for (const end = Date.now() + 60_000; (await stage.router.weight()) !== 50; ) {
        const { outputs } = await stage.step(given);
        if (Date.now() > end) throw new Error(outputs.reason);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    });
    const back = { 'run-id': start['run-id'] as string, 'api-key': 'a key of the servers' };
    expect((await stage.rollback(back)).outputs.verified).toBe(true);
    expect(stage.host.secrets.cut('a key of the servers')).not.toContain('key of');
  });

  it('puts a restarted gateway right, and says so', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    await stage.withUsers(() => stage.step());
    await stage.gateway.haproxy.restart(stage.gateway.port);
    expect(await stage.router.weight()).toBe(0);
    const { result } = await stage.withUsers(() => stage.step());
    expect(result.outputs).toMatchObject({ decision: 'hold', weight: 50 });
    expect(result.outputs.reason).toMatch(/router restarted and gives the candidate 0 %, set to 50 %/);
    expect(await stage.router.weight()).toBe(50);
    expect(await stage.router.salt?.()).toBe(start['run-id']);
  });

  it('puts the users right before the instances, also where those cannot be seen to', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, wait: 'true', 'wait-limit': '90s' }));
    const rollouts = join(stage.env['SLUICE_STORE_URL'] as string, 'rollouts');
    const path = join(rollouts, (await readdir(rollouts)).find((name) => name.endsWith('.json')) as string);
    const state = await stage.state();
    const { runId, version, image } = state.rollout as Rollout;
    const kept = { afterRollback: 'delete', afterComplete: 'move-stable' } as const;
    const manifest = {
      kind: 'manifest',
      manifest: 'kind: Service',
      readyMs: 0,
      drainMs: 0,
      ...kept,
    } as const;
    const canary = {
      runId,
      version,
      image,
      start: manifest,
      keepOldMs: 0,
      status: 'up',
      process: null,
    } as const;
    await writeFile(path, encodeState({ ...state, instances: { canary } }));
    // nobody can reach a cluster from here
    await stage.gateway.haproxy.restart(stage.gateway.port);
    expect(await stage.router.weight()).toBe(0);
    await expect(stage.step()).rejects.toThrow(/No Kubernetes cluster is known/);
    expect(await stage.router.weight()).toBe(100);
  });

  it('gives nobody more to a version whose record was changed, and takes a bad one back all the same', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '20@1s,50@1s,100@1h' }));
    await stage.tickUntil(20);
    const { where } = await openRecord(start['run-id'] as string, await stage.store());
    const name = (await readdir(where)).find((one) => one.endsWith('.jsonl')) as string;
    const text = await readFile(join(where, name), 'utf8');
    await writeFile(join(where, name), 'changed');
    const soaked = Date.now() + 3000;
    await stage.withUsers(async () => {
      while (Date.now() < soaked) await expect(stage.step()).rejects.toThrow(/digest .* does not match/);
    });
    expect(await stage.router.weight()).toBe(20);
    expect((await stage.state()).rollout).toMatchObject({ stage: 0, weight: 20 });
    await writeFile(join(where, name), text);
    await stage.tickUntil(50);
    await writeFile(join(where, name), 'changed');
    stage.servers.canary.failing = 1;
    await stage.withUsers(async () => {
      for (const end = Date.now() + 60_000; (await stage.router.weight()) > 0 && Date.now() < end; )
        await stage.step().catch(() => {});
    });
    expect((await stage.state()).rollout).toMatchObject({ phase: 'rolled-back', weight: 0 });
  });

  it('does not fight with whoever changed the weight', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    await stage.withUsers(() => stage.step());
    await stage.router.setWeight(10);
    for (const _ of [1, 2]) {
      const { result } = await stage.withUsers(() => stage.step());
      expect(result.outputs.decision).toBe('paused');
      expect(result.outputs.reason).toMatch(/gives the candidate 10 % where 50 % was set: somebody else/);
      expect(await stage.router.weight()).toBe(10);
    }
    expect(await stage.told(start['run-id'] as string)).toContain('paused 1 50');
    await stage.step({ command: 'resume', reason: 'it was a test' });
    await stage.tickUntil(50);
  });

  it('does not give back what a person took away right after it was given', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    // the very share from which the last tick came
    await stage.router.setWeight(0);
    for (const _ of [1, 2]) {
      const { outputs } = await stage.step();
      expect(outputs.decision).toBe('paused');
      expect(outputs.reason).toMatch(/gives the candidate 0 % where 50 % was set: somebody else/);
      expect(await stage.router.weight()).toBe(0);
    }
  });

  it('keeps what was taken back at 0, with a target alone and with everything given', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    const aborted = await stage.step({ command: 'abort', reason: 'no' });
    expect(aborted).toMatchObject({
      outputs: { decision: 'rollback' },
      refused: expect.stringMatching(/aborted by ada: no/),
    });
    expect(await stage.router.weight()).toBe(0);
    expect((await stage.step()).outputs.decision).toBe('none');
    for (const given of [{}, start, { command: 'abort' }]) {
      await stage.router.setWeight(30);
      const { outputs } = await stage.step(given as Record<string, string>);
      expect(outputs.decision).toBe('none');
      expect(await stage.router.weight()).toBe(0);
    }
    expect((await stage.told(start['run-id'] as string)).at(-1)).toBe('rollback 1 0');
  });

  it('lets another run replace one, which goes to 0 first and whose record says so', async () => {
    const one = await stage.judged();
    await stage.withUsers(() => stage.step({ ...one.start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    const two = await stage.judged(second);
    const busy = await stage.step(two.start);
    expect(busy.refused).toMatch(/run run-0000-0001 \(qwen-v1\.1\.0\) is under way at 50 %/);
    expect(await stage.router.weight()).toBe(50);
    stage.servers.canary.version = 'qwen-v1.2.0';
    const { result } = await stage.withUsers(() => stage.step({ ...two.start, busy: 'replace' }));
    expect(result.outputs['run-id']).toBe('run-0000-0002');
    // its users are drawn anew, which the router allows only while nobody is split
    expect(await stage.router.salt?.()).toBe('run-0000-0002');
    expect((await stage.told('run-0000-0001')).at(-1)).toBe('rollback 1 0');
    await stage.tickUntil(50);
    expect((await stage.state()).rollout?.runId).toBe('run-0000-0002');
  });

  it('touches nothing on a dry run', async () => {
    const { start } = await stage.judged();
    const store = await stage.store();
    const before = await store.list('run-0000-0001/');
    const dry = await stage.step({ ...start, 'dry-run': 'true' });
    expect(dry.outputs).toMatchObject({ decision: 'none', 'run-id': 'run-0000-0001' });
    expect(dry.sentence).toMatch(/would begin qwen-v1\.1\.0 of run run-0000-0001/);
    expect(await store.list('run-0000-0001/')).toEqual(before);
    expect(await store.list('rollouts/')).toEqual([]);
    expect(await stage.router.salt?.()).toBe('none');

    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    const state = await stage.state();
    const told = await store.list('run-0000-0001/');
    for (const given of [{}, { command: 'abort' }])
      expect((await stage.step({ ...given, 'dry-run': 'true' })).outputs.weight).toBe(50);
    await stage.rollback({ 'run-id': 'run-0000-0001', 'dry-run': 'true' });
    expect(await stage.state()).toEqual(state);
    expect(await store.list('run-0000-0001/')).toEqual(told);
    expect(await stage.router.weight()).toBe(50);
  });

  it('holds while nobody is served, and ends a wait at its limit with the rollout under way', async () => {
    const { start } = await stage.judged();
    const began = Date.now();
    const { outputs, refused } = await stage.step({
      ...start,
      policy: POLICY.replace('stale-after: 20s', 'stale-after: 1s'),
      wait: 'true',
      'wait-limit': '3s',
    });
    expect(outputs).toMatchObject({ decision: 'hold', weight: 0, stage: 0 });
    expect(outputs.reason).toMatch(/the metrics are stale/);
    expect(refused).toBeUndefined();
    expect(Date.now() - began).toBeGreaterThanOrEqual(3000);
    expect((await stage.state()).rollout?.closed).toBeNull();
  });

  it('shows beside the job what a person should act on: a schedule that stood still', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    expect(stage.host.annotations).toEqual([]);
    Object.assign(stage.host, { now: () => new Date(Date.now() + 2 * 3_600_000) });
    await stage.withUsers(() => stage.step());
    expect(stage.host.annotations).toMatchObject([
      { level: 'warning', title: 'canary', message: expect.stringMatching(/its lease ended at/) },
    ]);
  });

  it('states once what it decided, also where the clock that began it was an hour ahead', async () => {
    const { start } = await stage.judged();
    const { now } = stage.host;
    Object.assign(stage.host, { now: () => new Date(Date.now() + 3_600_000) });
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    Object.assign(stage.host, { now });
    await stage.tickUntil(50);
    const run = start['run-id'] as string;
    for (const _ of [1, 2]) await stage.withUsers(() => stage.step());
    expect((await stage.told(run)).filter((said) => said === 'advance 1 50')).toHaveLength(1);
    await stage.rollback({ 'run-id': run, verify: '0' });
    const [told, { rollout }] = [await stage.told(run), await stage.state()];
    expect(rollout?.phase).toBe('rolled-back');
    for (const _ of [1, 2]) await stage.step();
    expect(await stage.told(run)).toEqual(told);
  });

  it('is given what the rollout was started with, or nothing', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step(start));
    await expect(stage.step({ plan: '5@1h,100@1h' })).rejects.toThrow(
      /plan: given 5@1h.* started with 50@1s/s,
    );
    await expect(stage.step({ metrics: '/other.log' })).rejects.toThrow(/metrics: given \/other\.log/);
    expect((await stage.step({ 'run-id': start['run-id'] as string })).outputs['run-id']).toBe(
      start['run-id'],
    );
  });
});
