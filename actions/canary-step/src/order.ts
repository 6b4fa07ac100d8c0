import { UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
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
import { carryOut, type Place } from '@sluice/steering';
import type { Router } from '@sluice/traffic';
import type { In } from './scene.ts';

type Command = Exclude<In['command'], 'tick'>;

const commands: Readonly<Record<Command, (state: RolloutState, order: Order, now: number) => Step>> = {
  approve,
  pause,
  resume,
  abort,
};

/** Carries out what a person decided. Given a run, it is done to that run alone. */
export async function order(
  command: Command,
  inputs: In,
  { host, router, place }: { readonly host: Host; readonly router: Router; readonly place: Place },
): Promise<Step> {
  const by = host.env['GITHUB_ACTOR'] ?? host.env['GITLAB_USER_LOGIN'] ?? host.env['USER'] ?? 'a person';
  const given: Order = { by, reason: inputs.reason ?? '' };
  const decide = ({ state }: { readonly state: RolloutState }): Step => {
    const open = openRollout(state);
    if (open && inputs['run-id'] !== undefined && open.runId !== inputs['run-id']) {
      throw new UserError(
        `command ${command} is for run ${inputs['run-id']}, but run ${open.runId} (${open.version}) is under way on ${inputs.target}`,
      );
    }
    const step = commands[command](state, given, host.now().getTime());
    return inputs['dry-run'] ? { ...step, state, actions: [], reason: `would do: ${step.reason}` } : step;
  };
  return (await carryOut(place, router, decide, host.signal)).decided;
}
