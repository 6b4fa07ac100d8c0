import { type ChildProcess, spawn } from 'node:child_process';
import { rm, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANARY, type CanaryPredicate, openRecord } from '@sluice/record';
import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { POLICY, Stage } from './stage.ts';

const KILLS = process.env.SLUICE_SLOW === '1' ? 200 : 25;
const SLUICE = fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url));

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

interface Tick {
  readonly child: ChildProcess;
  /** The exit status; null where it was killed. */
  readonly ended: Promise<number | null>;
  readonly said: () => string;
}

/** A tick as a job would run it: a process of its own. */
function tick(given: Readonly<Record<string, string>>): Tick {
  const all = { target: stage.gateway.target, 'tracking-uri': join(stage.folder, 'tracking'), ...given };
  const argv = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [SLUICE, 'canary-step', ...argv], {
    cwd: stage.folder,
    env: stage.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text));
  return { child, ended: new Promise((resolve) => child.once('exit', resolve)), said: () => said };
}

/** Settles some milliseconds after the state was written next; never, where `signal` comes first. */
async function written(late: number, signal: AbortSignal): Promise<void> {
  const folder = join(stage.env.SLUICE_STORE_URL as string, 'rollouts');
  try {
    for await (const { filename } of watch(folder, { signal })) if (filename?.endsWith('.json')) break;
    await sleep(late);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

it(`is left by ${KILLS} kills at any moment, and by two ticks at once, in a state from which the next tick goes on`, async () => {
  const { judged, start } = await stage.judged();
  const { registry } = openTracker(join(stage.folder, 'tracking'), stage.env, { workspace: stage.folder });
  await registry.ensureModel('qwen');
  await registry.createVersion({ name: 'qwen', source: judged.folder, runId: judged.runId });
  // many stages, so that many of the kills fall on one that moves users
  const plan = Array.from({ length: 10 }, (_, i) => `${10 * (i + 1)}@1s`).join(',');
  await writeFile(join(stage.folder, 'policy.yaml'), POLICY);
  const given = { ...start, plan, policy: 'policy.yaml' };

  let killed = 0;
  let whole = 0;
  let between = 0;
  let atLeast = 0;
  const walk = async () => {
    // how long a whole tick takes on this machine now: kills fall anywhere in it
    const began = performance.now();
    const first = tick(given);
    expect(await first.ended, first.said()).toBe(0);
    let usual = performance.now() - began;
    while (killed < KILLS) {
      const ticks = Array.from({ length: killed % 5 === 4 ? 2 : 1 }, () => tick(given));
      await Promise.all(
        ticks.map(async ({ child, ended, said }) => {
          const from = performance.now();
          const over = new AbortController();
          // half of them by the clock, half between the state and the router
          const moment =
            killed % 2 ? written(Math.random() * 5, over.signal) : sleep(Math.random() * usual * 1.6);
          await Promise.race([ended, moment]);
          if (child.kill('SIGKILL')) killed++;
          const status = await ended;
          over.abort();
          const lasted = performance.now() - from;
          usual = status === null ? Math.max(usual, lasted) : (usual + lasted) / 2;
          // what was not killed ended as it should: 0, or 4 where the other tick was always faster
          if (status === null) return;
          whole++;
          expect([0, 4], said()).toContain(status);
        }),
      );
      const { rollout } = await stage.state();
      const share = await stage.router.weight();
      // the split is the state's, or the one before it where a kill fell between writing and moving
      expect([rollout?.weight, rollout?.pending?.from]).toContain(share);
      if (share !== rollout?.weight) between++;
      expect(share).toBeGreaterThanOrEqual(atLeast);
      atLeast = share;
    }
    const last = tick({ ...given, wait: 'true', 'wait-limit': '5m' });
    expect(await last.ended, last.said()).toBe(0);
    const after = tick({});
    expect(await after.ended, after.said()).toBe(0);
  };
  const { failures } = await stage.withUsers(walk);
  expect(failures).toEqual([]);

  const { rollout, live, history } = await stage.state();
  expect({ phase: rollout?.phase, weight: rollout?.weight, pending: rollout?.pending, live }).toEqual({
    phase: 'complete',
    weight: 100,
    pending: null,
    live: 'canary',
  });
  expect(history.map(({ runId }) => runId)).toEqual([judged.runId]);
  expect(await stage.router.weight()).toBe(100);
  expect((await registry.getAlias('qwen', 'production'))?.runId).toBe(judged.runId);
  const { statements } = await openRecord(judged.runId, await stage.store());
  const said = statements.flatMap(({ statement }) =>
    statement.predicateType === CANARY ? [statement.predicate as CanaryPredicate] : [],
  );
  expect(said.filter(({ decision }) => decision === 'complete').map(({ weight }) => weight)).toContain(100);
  expect(said.filter(({ decision }) => decision === 'rollback')).toEqual([]);
  for (const { decision, stage: number, weight } of said)
    if (decision === 'advance') expect(weight).toBe(10 * number);
  console.log(
    `${killed} ticks killed, ${between} times between state and router; ${whole} ended by themselves; ${said.length} statements, ${rollout?.exposed} requests served by the new version`,
  );
});

it('makes up for a promotion that was killed before the registry and the record had it', async () => {
  const { judged, start } = await stage.judged();
  const { registry } = openTracker(join(stage.folder, 'tracking'), stage.env, { workspace: stage.folder });
  await registry.ensureModel('qwen');
  await registry.createVersion({ name: 'qwen', source: judged.folder, runId: judged.runId });
  await stage.withUsers(() => stage.step({ ...start, wait: 'true', 'wait-limit': '90s' }));
  const store = await stage.store();
  const { statements, where } = await openRecord(judged.runId, store);
  const last = statements.find(
    ({ statement }) => (statement.predicate as CanaryPredicate).decision === 'complete',
  );
  await rm(join(where, `${last?.digest.slice('sha256:'.length)}.intoto.jsonl`));

  const { outputs } = await stage.step({ 'tracking-uri': join(stage.folder, 'tracking') });
  expect(outputs).toMatchObject({ decision: 'none', deploy: true });
  expect((await registry.getAlias('qwen', 'production'))?.runId).toBe(judged.runId);
  const again = await openRecord(outputs.record as never, store);
  expect(
    again.statements.map(({ statement }) => (statement.predicate as Partial<CanaryPredicate>).decision),
  ).toContain('complete');
});
