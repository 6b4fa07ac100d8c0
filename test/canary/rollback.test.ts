import { openRecord, type RollbackPredicate } from '@sluice/record';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(async () => await stage[Symbol.asyncDispose]());

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
    const { result: bad, failures } = await stage.withUsers(() => stage.rollback({ ...run, drill: 'true' }));
    expect(bad.outputs).toMatchObject({ 'rolled-back': false, verified: false });
    // nobody is sent to a version that does not serve
    expect(failures).toEqual([]);
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
    await expect(stage.rollback({ ...run, method: 'registry-alias' })).rejects.toThrow(/without traffic/);
    const early = await stage.rollback(run);
    expect(early.outputs['rolled-back']).toBe(false);
    expect(early.sentence).toMatch(/are still coming/);
    Object.assign(stage.host, { now: () => new Date(Date.now() + 2 * 3_600_000) });
    const late = await stage.rollback(run);
    expect(late.outputs).toMatchObject({ 'rolled-back': true, verified: true });
    expect(await stage.router.weight()).toBe(0);
    expect((await stage.rollback(run)).sentence).toMatch(/is over/);
    // the users are back: what follows them may be done alone
    const alone = await stage.rollback({ 'run-id': run['run-id'], method: 'registry-alias' });
    expect(alone.outputs['rolled-back']).toBe(true);
  });

  it('of a gateway that is not there ends with what to do', async () => {
    const error = await stage
      .rollback({ 'run-id': 'run-0000-0001', target: 'unix:/nowhere/admin.sock' })
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 2 });
    expect(String(error)).toMatch(/admin\.sock is not there/);
  });
});
