import type { RoleMinute } from '../observations/minute.ts';
import type { Rollout } from '../state/state.ts';

/** Requests that a version should have served while nothing was heard of it, before that is no chance (e^-20). */
export const UNHEARD = 20;

/** Whether both versions were heard of, after some minutes. */
export interface Listened {
  /** Requests of the live version since the candidate served its last, and the other way round. */
  readonly quiet: number;
  readonly alone: number;
  /** For each minute, whether nothing that should be there was missing: one look at many minutes tells the same as many looks. */
  readonly heard: readonly boolean[];
  /** What is missing after the newest minute; undefined: nothing. */
  readonly missing: string | undefined;
}

/** Goes through the new minutes of a rollout. */
export function listen(rollout: Rollout, minutes: readonly RoleMinute[]): Listened {
  let { quiet, alone = 0 } = rollout;
  const heard = minutes.map(({ live, candidate }) => {
    quiet = candidate.requests > 0 ? 0 : quiet + live.requests;
    alone = live.requests > 0 ? 0 : alone + candidate.requests;
    return missingFrom(rollout, quiet, alone) === undefined;
  });
  return { quiet, alone, heard, missing: missingFrom(rollout, quiet, alone) };
}

/** Whose figures are missing, though they should be there; a promoted version is watched without the other one, too. */
function missingFrom({ weight, phase, segments }: Rollout, quiet: number, alone: number): string | undefined {
  // how many of all users a segment holds is not known
  if (phase === 'starting' || segments) return undefined;
  const missed = (whose: string, expected: number): string | undefined =>
    expected >= UNHEARD
      ? `the metrics hold no request of ${whose}, while ${Math.round(expected)} should have reached it`
      : undefined;
  return (
    (weight < 100 ? missed('the candidate', (quiet * weight) / (100 - weight)) : undefined) ??
    (weight > 0 && phase === 'running'
      ? missed('the live version', (alone * (100 - weight)) / weight)
      : undefined)
  );
}
