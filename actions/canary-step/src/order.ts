import { UserError } from '@sluice/contract';
import {
  abort,
  approve,
  type Order,
  openRollout,
  pause,
  type RolloutState,
  resume,
  type Step,
} from '@sluice/rollout';
import { carryOut } from '@sluice/steering';
import type { Ended } from './ended.ts';
import { followUp } from './follow-up.ts';
import type { In, Scene } from './scene.ts';
import { once } from './ticks.ts';

type Command = Exclude<In['command'], 'tick'>;

const commands: Readonly<Record<Command, (state: RolloutState, order: Order, now: number) => Step>> = {
  approve,
  pause,
  resume,
  abort,
};

/** Carries out what a person decided. Given a run, it is done to that run alone. */
export async function order(command: Command, scene: Scene): Promise<Ended> {
  const { inputs, host, router, place } = scene;
  const given: Order = { by: host.source.actor ?? 'a person', reason: inputs.reason ?? '' };
  const decide = ({ state }: { readonly state: RolloutState }): Step => {
    const open = openRollout(state);
    if (open && inputs['run-id'] !== undefined && open.runId !== inputs['run-id']) {
      throw new UserError(
        `command ${command} is for run ${inputs['run-id']}, but run ${open.runId} (${open.version}) is under way on ${inputs.target}`,
      );
    }
    return commands[command](state, given, host.now().getTime());
  };
  if (inputs['dry-run']) {
    const { state } = await place.read();
    const step = decide({ state });
    return { ...step, state, reason: step.state === state ? step.reason : `would do: ${step.reason}` };
  }
  const { decided, before } = await carryOut(place, router, decide, host.signal);
  // an abort that was killed before it moved the users is finished by the next one
  if (command === 'abort' && decided.state === before && decided.state.rollout) return once(scene);
  return { ...decided, record: await followUp(scene, before, decided) };
}
