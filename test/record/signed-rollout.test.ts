import { CANARY, openRecord, ROLLBACK, readSigningKey, readTrustedKeys } from '@sluice/record';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Stage } from '../canary/stage.ts';
import { makeKeys } from './openssl.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
  await makeKeys(stage.host.workspace, 'ours', 'ed25519');
  await makeKeys(stage.host.workspace, 'theirs', 'P-256');
});
afterEach(async () => await stage[Symbol.asyncDispose]());

const RUN = 'run-0000-0001';

/** What a rollout is started with that names its run alone: who finds the record must be able to believe it. */
async function begun(name: string): Promise<Record<string, string>> {
  const key = await readSigningKey(`${name}.key`, stage.host);
  const { record: _, ...start } = (await stage.judged({ runId: RUN, key })).start;
  return { ...start, wait: 'true', 'wait-limit': '90s' };
}
const opened = async (name: string) =>
  openRecord(RUN, await stage.store(), { trusted: await readTrustedKeys(`${name}.pub`, stage.host) });
const kinds = ({ statements }: Awaited<ReturnType<typeof opened>>) =>
  statements.map(({ statement }) => statement.predicateType);

it('a rollout and its rollback are stated under a key, from a record that only its signatures make believed', async () => {
  const start = await begun('ours');
  await expect(stage.step(start)).rejects.toThrow(/needs a record that proves the gate's approval/);
  const signed = { 'signing-key': 'ours.key' };
  const { result } = await stage.withUsers(() =>
    stage.step({ ...start, ...signed, 'trusted-keys': 'ours.pub' }),
  );
  expect(result.outputs.decision).toBe('complete');
  const rolledOut = await opened('ours');
  expect(kinds(rolledOut).filter((kind) => kind === CANARY).length).toBeGreaterThan(2);
  expect(rolledOut.unpinned).toEqual([]);

  const { outputs } = await stage.rollback({ 'run-id': RUN, ...signed });
  expect(outputs).toMatchObject({ 'rolled-back': true, verified: true });
  const back = await opened('ours');
  expect(kinds(back)).toContain(ROLLBACK);
  expect(back.unpinned).toEqual([]);
  await expect(opened('theirs')).rejects.toThrow(/No gate's decision .* is signed by a key of trusted-keys/);
});

it('what is stated without the key is there and not believed', async () => {
  const { result } = await stage.withUsers(async () =>
    stage.step({ ...(await begun('ours')), 'trusted-keys': 'ours.pub' }),
  );
  expect(result.outputs.decision).toBe('complete');
  const record = await opened('ours');
  expect(kinds(record)).not.toContain(CANARY);
  expect(record.unpinned.length).toBeGreaterThan(2);
});

it('a record under another key starts nothing, and a key that cannot be read moves nobody', async () => {
  const start = await begun('theirs');
  await expect(stage.step({ ...start, 'trusted-keys': 'ours.pub' })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/is signed by a key of trusted-keys/),
  });
  const gone = { 'signing-key': 'env:NOBODY' };
  await expect(stage.step({ ...start, ...gone, 'trusted-keys': 'theirs.pub' })).rejects.toThrow(
    /the variable NOBODY is empty or not set/,
  );
  await expect(stage.rollback({ 'run-id': RUN, ...gone })).rejects.toThrow(/NOBODY is empty or not set/);
  expect(await stage.router.weight()).toBe(0);
});

it('a version whose approval no trusted key has signed gets its users back, and is not called proven', async () => {
  const live = async (runId: string, version: string, name: string) => {
    const key = await readSigningKey(`${name}.key`, stage.host);
    const { start } = await stage.judged({ runId, version, key });
    const { result } = await stage.withUsers(() =>
      stage.step({ ...start, plan: '100@1s', wait: 'true', 'wait-limit': '90s' }),
    );
    expect(result.outputs.decision).toBe('complete');
  };
  await live(RUN, 'qwen-v1.1.0', 'theirs');
  stage.servers.stable.version = 'qwen-v1.2.0';
  await live('run-0000-0002', 'qwen-v1.2.0', 'ours');
  const given = { 'run-id': 'run-0000-0002', verify: '1' };
  const unsigned =
    /the record of qwen-v1\.1\.0 does not prove it good: No gate's decision .* is signed by a key of trusted-keys/;

  const drill = await stage.rollback({ ...given, 'trusted-keys': 'ours.pub', drill: 'true' });
  expect(drill.refused).toMatch(unsigned);
  expect(drill.outputs).toMatchObject({ 'rolled-back': true, verified: false });
  const trusted = await stage.rollback({ ...given, 'trusted-keys': 'theirs.pub', drill: 'true' });
  expect(trusted.refused).toBeUndefined();
  expect(trusted.outputs).toMatchObject({ 'rolled-back': true, verified: true });
  expect(await stage.router.weight()).toBe(0);

  await expect(stage.rollback({ ...given, 'trusted-keys': 'nobody.pub' })).rejects.toMatchObject({
    exitCode: 2,
  });
  expect(await stage.router.weight()).toBe(0);
  const back = await stage.rollback({ ...given, 'trusted-keys': 'ours.pub' });
  expect(back.refused).toMatch(unsigned);
  expect(back.outputs).toMatchObject({ 'rolled-back': true, verified: false, 'restored-run-id': RUN });
  expect(await stage.router.weight()).toBe(100);
  // the same again with the key that did sign it
  const again = await stage.rollback({ ...given, 'trusted-keys': 'theirs.pub' });
  expect(again.refused).toBeUndefined();
  expect(again.outputs).toMatchObject({ 'rolled-back': true, verified: true });
});
