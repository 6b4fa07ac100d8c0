import { duration } from '@sluice/contract';
import { compareMore, nothingCompared } from '../ab/comparison.ts';
import { compareOf } from '../ab/tick.ts';
import type { Alarm, Judge } from '../judge/judge.ts';
import type { Evidence } from '../judge/of-policy.ts';
import { addTotals } from '../judge/totals.ts';
import type { RoleMinute } from '../observations/minute.ts';
import type { UserRange } from '../sequential/users.ts';
import type { Rollout, StageProgress } from '../state/state.ts';
import { trailed } from '../state/trail.ts';
import { listen } from './listen.ts';
import { newMinutes, type Observations } from './observations.ts';
import type { WeightReading } from './step.ts';

/** A rollout after it took in what a tick saw. */
export interface Learned {
  readonly rollout: Rollout;
  readonly alarm: Alarm | null;
  /** Why what was seen may not raise a weight; nothing where it may. */
  readonly blocked: string | undefined;
}

/** Judges the new intervals and counts the soak. Nothing here moves a weight. */
export function learn(
  rollout: Rollout,
  seen: Observations,
  reading: WeightReading,
  judge: Judge<Evidence>,
  now: number,
): Learned {
  const interval = duration.parse(rollout.policy.interval);
  const stale = duration.parse(rollout.policy['stale-after']);
  const { clock } = seen;
  const from = rollout.through ?? (clock === null ? null : Math.floor(clock / interval) * interval - stale);
  const { minutes, contradiction } =
    from === null
      ? { minutes: [], contradiction: undefined }
      : newMinutes(seen, from, interval, rollout.candidate);
  const newest = minutes.at(-1);
  const through = newest ? newest.start + interval : rollout.through;
  const { quiet, alone, heard, missing } = listen(rollout, minutes);
  const next: Rollout = { ...rollout, through, quiet, alone, seenAt: newest ? now : rollout.seenAt };

  const blocked =
    clock === null
      ? 'the metric source did not answer'
      : contradiction !== undefined
        ? `the metrics contradict themselves: ${contradiction}`
        : through === null || clock - through > stale || now - next.seenAt > stale
          ? `the metrics are stale: no interval ended in the last ${rollout.policy['stale-after']}`
          : (seen.mismatch ?? (reading === 'right' ? missing : undefined));
  // before the first stage the candidate's slot may still show what an earlier one served there
  if (rollout.phase === 'starting' || minutes.length === 0) return { rollout: next, alarm: null, blocked };

  const judged = judge.observe(rollout.evidence, minutes, usersOf(rollout));
  const readings = judge.readings(judged.evidence);
  const compare = compareOf(rollout);
  const { totals } = rollout;
  const served = minutes.reduce((sum, m) => sum + m.candidate.requests, 0);
  return {
    rollout: {
      ...next,
      evidence: judged.evidence,
      readings,
      trail: trailed(rollout.trail ?? [], through as number, rollout.weight, readings),
      ...(compare
        ? { comparison: compareMore(rollout.comparison ?? nothingCompared, minutes, compare) }
        : {}),
      totals: {
        live: minutes.reduce((sum, m) => addTotals(sum, m.live), totals.live),
        candidate: minutes.reduce((sum, m) => addTotals(sum, m.candidate), totals.candidate),
      },
      exposed: rollout.exposed + served,
      stages: rollout.stages.map((stage, i) =>
        i === rollout.stages.length - 1
          ? grow(stage, minutes, from as number, interval, served, reading === 'right' ? heard : [])
          : stage,
      ),
    },
    alarm: judged.alarm,
    blocked,
  };
}

/** Users are sticky and monotone: the slot `canary` gets the first of them. */
function usersOf({ candidate, weight }: Rollout): UserRange {
  return candidate === 'canary' ? { from: 0, to: weight } : { from: 100 - weight, to: 100 };
}

function grow(
  stage: StageProgress,
  minutes: readonly RoleMinute[],
  from: number,
  interval: number,
  served: number,
  /** Whether each minute counts: nothing of it was missing, at the stage's weight. */
  heard: readonly boolean[],
): StageProgress {
  const begin = Math.max(from, stage.start);
  const end = (minutes.at(-1) as RoleMinute).start + interval;
  const seen = minutes.reduce(
    (sum, m, i) => (heard[i] ? sum + Math.max(0, m.start + interval - Math.max(m.start, begin)) : sum),
    0,
  );
  return {
    ...stage,
    requests: stage.requests + served,
    lost: stage.lost + Math.max(0, end - begin - seen),
  };
}

/** How long the current stage has soaked, ms: time that was seen, at its weight. */
export function soaked(rollout: Rollout): number {
  const stage = rollout.stages.at(-1);
  if (!stage || rollout.through === null) return 0;
  return Math.max(0, rollout.through - stage.start - stage.lost);
}
