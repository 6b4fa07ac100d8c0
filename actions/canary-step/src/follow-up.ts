import type { CanaryDecision, RecordRef } from '@sluice/contract';
import { openRollout, type Rollout, type RolloutState, type Step } from '@sluice/rollout';
import { keepSegments, keepThroughRestart } from '@sluice/steering';
import { moveAlias } from './promote.ts';
import type { Scene } from './scene.ts';
import { recorded, stated } from './statement.ts';
import { tell } from './tell.ts';

/**
 * What follows from a step once state and router have it: the registry's alias, the router's restart file, the host's pages, and last the
 * statement. A tick that was killed before that leaves a record that lacks where the state stands, and the next one makes up for all of it.
 */
export async function followUp(
  scene: Scene,
  before: RolloutState,
  { state, decision, reason }: Pick<Step, 'state' | 'decision' | 'reason'>,
): Promise<RecordRef | undefined> {
  const { rollout } = state;
  if (!rollout) return undefined;
  await replaced(scene, before, rollout);
  const stands = standing(rollout);
  const decided = changed(before.rollout, rollout);
  if (!decided && (stands === undefined || (await recorded(scene, rollout, stands)))) return undefined;
  if (stands === 'complete') await moveAlias(scene.inputs, rollout, scene.host);
  if (stands === 'complete') await keepSegments(scene.router, state, scene.host.signal);
  if (stands === 'complete' || stands === 'rollback')
    await keepThroughRestart(scene.router, scene.inputs.target, state.live, scene.host.signal);
  const why = decided ? reason : (rollout.closed?.reason ?? reason);
  await tell(scene, { state, reason: why });
  return stated(scene, rollout, decided ? decision : (stands as CanaryDecision), why);
}

/** The decision that brought a rollout to where it stands; undefined before its first stage. */
function standing(rollout: Rollout): CanaryDecision | undefined {
  if (rollout.phase === 'starting') return undefined;
  if (rollout.phase === 'running') return 'advance';
  return rollout.phase === 'rolled-back' ? 'rollback' : 'complete';
}

/** Whether this step did more to a rollout than to look at it. */
function changed(before: Rollout | null, after: Rollout): boolean {
  const marks = (rollout: Rollout | null) =>
    rollout && [
      rollout.runId,
      rollout.begunAt,
      rollout.phase === 'watched' ? 'complete' : rollout.phase,
      rollout.stage,
      rollout.paused?.at,
      rollout.approvals.length,
    ];
  return JSON.stringify(marks(before)) !== JSON.stringify(marks(after));
}

/** A run that had to make room is not in the state any more; its record says what became of it. */
async function replaced(scene: Scene, before: RolloutState, by: Rollout): Promise<void> {
  const old = openRollout(before);
  if (!old || (old.runId === by.runId && old.begunAt === by.begunAt)) return;
  const rollout: Rollout = { ...old, weight: 0, phase: 'rolled-back' };
  const reason = `replaced by run ${by.runId}`;
  await tell(scene, { state: { ...before, rollout }, reason });
  await stated(scene, rollout, 'rollback', reason);
}
