import { rm, watch, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CanaryPredicate, openRecord } from '@sluice/record';
import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Attacked, expectComplete, KILLS, killTicks, MANY_STAGES } from './kill-ticks.ts';
import { POLICY, Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

function attacked(): Attacked {
  const { folder, env, gateway, router } = stage;
  return {
    folder,
    env,
    always: { target: gateway.target, 'tracking-uri': join(folder, 'tracking') },
    state: () => stage.state(),
    weight: () => router.weight(),
    written: async (late, signal) => {
      const rollouts = join(env.SLUICE_STORE_URL as string, 'rollouts');
      for await (const { filename } of watch(rollouts, { signal })) if (filename?.endsWith('.json')) break;
      await sleep(late);
    },
  };
}

it(`is left by ${KILLS} kills at any moment, and by two ticks at once, in a state from which the next tick goes on`, async () => {
  const { judged, start } = await stage.judged();
  const { registry } = openTracker(join(stage.folder, 'tracking'), stage.env, { workspace: stage.folder });
  await registry.ensureModel('qwen');
  await registry.createVersion({ name: 'qwen', source: judged.folder, runId: judged.runId });
  await writeFile(join(stage.folder, 'policy.yaml'), POLICY);
  const given = { ...start, plan: MANY_STAGES, policy: 'policy.yaml' };

  const { result, failures } = await stage.withUsers(() => killTicks(attacked(), given));
  expect(failures).toEqual([]);
  const { killed, between, whole } = result;
  const after = await expectComplete(attacked(), judged.runId, await stage.store());
  expect((await registry.getAlias('qwen', 'production'))?.runId).toBe(judged.runId);
  console.log(
    `${killed} ticks killed, ${between} times between state and router; ${whole} ended by themselves; ${after}`,
  );
}, 3_600_000);

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
