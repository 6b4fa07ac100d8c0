import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CANARY, openRecord, type RollbackPredicate } from '@sluice/record';
import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Mlflow, startMlflow } from '../parts/mlflow.ts';
import { POLICY, Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

const second = { runId: 'run-0000-0002', version: 'qwen-v1.2.0' };
/** What the record of a run says of its rollout, oldest first. */
async function told(runId: string): Promise<string[]> {
  const { statements } = await openRecord(runId, await stage.store());
  return statements
    .filter(({ statement }) => statement.predicateType === CANARY)
    .map(
      ({ statement }) =>
        statement.predicate as { at: string; decision: string; stage: number; weight: number },
    )
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.stage - b.stage)
    .map(({ decision, stage, weight }) => `${decision} ${stage} ${weight}`);
}

describe('a rollout starts only from a record that proves an approval', () => {
  it.each([
    ['reject', 3, /holds no approval/],
    ['undecided', 3, /holds no approval/],
  ] as const)('a gate that said %s', async (decision, _, reason) => {
    const { start } = await stage.judged({ decision: decision as 'reject' });
    const { outputs, refused } = await stage.step({ ...start, deploy: 'true' });
    expect(refused).toMatch(reason);
    expect(outputs).toMatchObject({ decision: 'none', deploy: false, weight: 0 });
    expect(await stage.router.weight()).toBe(0);
  });

  it('what was approved and then rejected', async () => {
    const { judged, start } = await stage.judged();
    await judged.judge('reject');
    expect((await stage.step(start)).refused).toMatch(/approved .* and rejected afterwards/);
  });

  it.each([
    ['no record', { record: undefined }, /needs a record that proves the gate's approval/],
    [
      'another run',
      { 'run-id': 'run-0000-0009' },
      /run-id is run-0000-0009, but the record is of run run-0000-0001/,
    ],
    [
      'another image',
      { image: `r.example/x@sha256:${'1'.repeat(64)}` },
      /says nothing about the image r\.example/,
    ],
    [
      'another version',
      { version: 'qwen-v9.0.0' },
      /version is qwen-v9\.0\.0, but the image serves under qwen-v1\.1\.0/,
    ],
    ['no figures', { metrics: undefined }, /cannot be judged without figures: pass metrics/],
    ['a log that is not there', { metrics: '/nowhere/access.log' }, /\/nowhere\/access\.log/],
    ['a password that the state would keep', { metrics: 'http://a:b@127.0.0.1:9090' }, /PROMETHEUS_USERNAME/],
    ['a plan that shrinks', { plan: '5@1h,1@1h' }, /plan/],
    ['a misspelt policy', { policy: 'sequentail' }, /did you mean 'sequential'/],
    ['a gateway that is not there', { target: 'unix:/nowhere/admin.sock' }, /admin\.sock is not there/],
  ] as const)('bad input: %s', async (_, change, message) => {
    const { start } = await stage.judged();
    const given = Object.entries({ ...start, ...change }).filter((entry) => entry[1] !== undefined);
    const error = await stage
      .step(Object.fromEntries(given) as Record<string, string>)
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toMatch(message);
    expect(await stage.router.weight()).toBe(0);
  });

  it('a Prometheus that does not answer is a system that does not answer', async () => {
    const { start } = await stage.judged();
    const error = await stage.step({ ...start, metrics: 'http://127.0.0.1:9' }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 4 });
  });

  it('a record that was changed, with both digests', async () => {
    const { judged, start } = await stage.judged({ decision: 'reject' });
    const folder = join(stage.env.SLUICE_STORE_URL as string, judged.runId, 'record');
    for (const name of (await readdir(folder)).filter((n) => n.endsWith('.intoto.jsonl')))
      await writeFile(join(folder, name), '{"made":"up"}\n');
    await expect(stage.step(start)).rejects.toThrow(/sha256:[0-9a-f]{64}.*sha256:[0-9a-f]{64}/s);
  });

  it('deploy: false opens nothing, not even the gateway', async () => {
    const { outputs, refused, always } = await stage.step({
      deploy: 'false',
      target: 'unix:/nowhere/admin.sock',
    });
    expect({ decision: outputs.decision, always }).toEqual({ decision: 'none', always: true });
    expect(refused).toMatch(/did not approve/);
    await expect(async () => stage.step({ deploy: '' })).rejects.toThrow(/deploy/);
  });
});

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
    expect(await told(first)).toEqual(['hold 0 0', 'advance 1 50', 'advance 2 100', 'complete 2 100']);

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
    expect(older.sentence).toMatch(/is live, but the other slot was given to qwen-v1\.2\.0/);

    await mlflow.stop();
    const silent = await stage.rollback({ 'run-id': next, ...uri });
    expect(silent.outputs['rolled-back']).toBe(true);
    expect(silent.refused).toMatch(/taken back, but the alias 'production' was not moved back/);
  });
});

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
      for (const end = Date.now() + 5_000; Date.now() < end; ) {
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
      for (const end = Date.now() + 20_000; (await stage.router.weight()) !== 50; ) {
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
    expect(await told(start['run-id'] as string)).toContain('paused 1 50');
    await stage.step({ command: 'resume', reason: 'it was a test' });
    await stage.tickUntil(50);
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
    expect((await told(start['run-id'] as string)).at(-1)).toBe('rollback 1 0');
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
    expect((await told('run-0000-0001')).at(-1)).toBe('rollback 1 0');
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

describe('a rollback', () => {
  const live = async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, wait: 'true', 'wait-limit': '90s' }));
    expect(await stage.router.weight()).toBe(100);
    return { 'run-id': start['run-id'] as string };
  };

  it('is drilled with everything put back, also where it fails', async () => {
    const run = await live();
    const state = await stage.state();
    const good = await stage.rollback({ ...run, drill: 'true' });
    expect(good.outputs).toMatchObject({ verified: true, 'rolled-back': true });
    expect(good.refused).toBeUndefined();
    expect(await stage.router.weight()).toBe(100);

    stage.servers.stable.failing = 1;
    const bad = await stage.rollback({ ...run, drill: 'true' });
    expect(bad.outputs.verified).toBe(false);
    expect(bad.refused).toMatch(/the drill failed: not verified: no probe/);
    expect(await stage.router.weight()).toBe(100);
    expect(await stage.state()).toEqual(state);

    // a drill that was killed left the users on the old version; the next one puts them back
    await stage.router.setWeight(0);
    await stage.rollback({ ...run, drill: 'true' });
    expect(await stage.router.weight()).toBe(100);
    const { statements } = await openRecord(run['run-id'], await stage.store());
    const drills = statements.filter(({ statement }) => (statement.predicate as RollbackPredicate).drill);
    expect(drills).toHaveLength(3);
  });

  it('that cannot be verified is not approved, and the users are back all the same', async () => {
    const run = await live();
    stage.servers.stable.failing = 1;
    const { outputs, refused } = await stage.rollback(run);
    expect(outputs).toMatchObject({ 'rolled-back': true, verified: false });
    expect(refused).toMatch(/taken back, but not verified: no probe of .* was answered/);
    expect(await stage.router.weight()).toBe(0);
  });

  it('waits for the lease where it is asked to, and needs traffic among its methods', async () => {
    const { start } = await stage.judged();
    await stage.withUsers(() => stage.step({ ...start, plan: '50@1h,100@1h' }));
    await stage.tickUntil(50);
    const run = { 'run-id': start['run-id'] as string, when: 'lease-expired' };
    const early = await stage.rollback(run);
    expect(early.outputs['rolled-back']).toBe(false);
    expect(early.sentence).toMatch(/are still coming/);
    Object.assign(stage.host, { now: () => new Date(Date.now() + 2 * 3_600_000) });
    const late = await stage.rollback(run);
    expect(late.outputs).toMatchObject({ 'rolled-back': true, verified: true });
    expect(await stage.router.weight()).toBe(0);
    expect((await stage.rollback(run)).sentence).toMatch(/is over/);
    await expect(stage.rollback({ ...run, method: 'registry-alias' })).rejects.toThrow(/without traffic/);
  });

  it('of a gateway that is not there ends with what to do', async () => {
    const error = await stage
      .rollback({ 'run-id': 'run-0000-0001', target: 'unix:/nowhere/admin.sock' })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toMatch(/admin\.sock is not there/);
  });
});
