import { type Inputs, UserError } from '@sluice/contract';
import { completed, type RolloutState } from '@sluice/rollout';
import type { definition } from './definition.ts';
import type { From } from './round.ts';

type In = Inputs<(typeof definition)['inputs']>;

/** The run that is meant; undefined where `live` is asked for and no version ever completed a rollout here. */
export function runMeant({ 'run-id': given, drill }: In, state: RolloutState): string | undefined {
  if (given !== 'live') return given;
  if (!drill)
    throw new UserError(
      "run-id is 'live', which is for a drill alone: name the run that is to be taken back, so that a version which came up meanwhile is not",
    );
  return completed(state)?.runId;
}

/** What the state knows of a run that it holds or that is live. */
export function knownAs({ rollout, history }: RolloutState, runId: string): From | undefined {
  return rollout?.runId === runId ? rollout : history.findLast((h) => h.runId === runId);
}
