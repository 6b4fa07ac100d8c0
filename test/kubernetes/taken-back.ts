import { expect } from 'vitest';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { roleIn } from './readme-role.ts';
import { DRILLED, RollbackStage, TAKEN_BACK, type Target, text } from './rollback-stage.ts';

interface Rule {
  readonly verbs: readonly string[];
}

/** The Role without the right to change anything. */
function readOnly(role: object): object {
  const { rules } = role as { readonly rules: readonly Rule[] };
  return {
    ...role,
    rules: rules.map((rule) => ({ ...rule, verbs: rule.verbs.filter((v) => v !== 'patch') })),
  };
}

/**
 * The action rollback as a process with the rights that its README names, on two versions that went live one after the other: drilled,
 * without a right, done, done again, and where the ticks of a third one stopped coming.
 * @param role name of the Role in the README
 */
export async function takenBack(cluster: ControlPlane, target: Target, role: string): Promise<void> {
  const rights = roleIn('rollback', role);
  await using stage = await RollbackStage.open(cluster, target, rights);
  await stage.through('run-0000-0001', 'qwen-v1.1.0', 'canary');
  await stage.through('run-0000-0002', 'qwen-v1.2.0', 'stable');
  expect(await stage.router.weight()).toBe(0);

  const [state, written] = [await stage.state(), await target.written()];
  const drill = await stage.rollback({ 'run-id': 'live', drill: 'true' });
  expect(drill.exit, text(drill)).toBe(0);
  expect(Object.fromEntries(drill.outputs)).toMatchObject(DRILLED);
  expect([await stage.router.weight(), await stage.state(), await target.written()]).toEqual([
    0,
    state,
    written,
  ]);

  await stage.allow(readOnly(rights));
  const without = await stage.rollback({ 'run-id': 'run-0000-0002' });
  expect(without.exit, text(without)).toBe(4);
  expect(without.stdout).toMatch(/"guest" cannot patch resource/);
  expect([await stage.router.weight(), await stage.state()]).toEqual([0, state]);
  await stage.allow(rights);

  for (const _ of [1, 2]) {
    const ended = await stage.rollback({ 'run-id': 'run-0000-0002' });
    expect(ended.exit, text(ended)).toBe(0);
    expect(Object.fromEntries(ended.outputs)).toMatchObject(TAKEN_BACK);
    expect(await stage.router.weight()).toBe(100);
  }
  expect(await stage.state()).toMatchObject({
    live: 'canary',
    rollout: { runId: 'run-0000-0002', phase: 'rolled-back', weight: 0 },
  });
  expect((await stage.told('run-0000-0002')).map(({ drill: only, verified }) => [only, verified])).toEqual(
    expect.arrayContaining([
      [true, true],
      [false, true],
    ]),
  );
  // a scheduled tick leaves it there
  expect((await stage.step()).outputs['decision']).toBe('none');
  expect(await stage.router.weight()).toBe(100);

  await stage.begin('run-0000-0003', 'qwen-v1.3.0', 'stable', '50@1h,100@1h');
  for (const end = Date.now() + 60_000; (await stage.router.weight()) !== 50; ) {
    const { outputs } = await stage.step();
    if (Date.now() > end) throw new Error(`not at 50 %: ${outputs['reason']}`);
  }
  const late = { 'run-id': 'run-0000-0003', when: 'lease-expired' };
  const early = await stage.rollback(late);
  expect([early.exit, early.outputs.get('rolled-back')], text(early)).toEqual([0, 'false']);
  expect(early.stdout).toMatch(/are still coming/);
  await stage.forsake();
  const back = await stage.rollback(late);
  expect([back.exit, back.outputs.get('verified')], text(back)).toEqual([0, 'true']);
  expect(await stage.router.weight()).toBe(100);
}
