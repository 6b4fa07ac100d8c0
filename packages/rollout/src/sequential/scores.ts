import {
  aboveLimitFactors,
  LIMIT_STAKES,
  type StartTimes,
  startTimes,
  startTimesEvidence,
  stepStartTimes,
} from '@sluice/statistics';
import type { RoleMinute } from '../observations/minute.ts';

/** Whether a metric of the online evaluation is worse. */
export interface ScoreEvidence {
  readonly alpha: number;
  /** Scores without a partner yet, oldest first. */
  readonly waiting: { readonly live: readonly number[]; readonly candidate: readonly number[] };
  /** Over all pairs. */
  readonly sums: { readonly live: number; readonly candidate: number };
  readonly worse: StartTimes;
}

/** Pairs over which the start of a fault is spread. */
const HORIZON = 2000;
/** Scores of one version that wait for the other's. */
const WAITING = 500;

export const beginScores = (alpha: number): ScoreEvidence => ({
  alpha,
  waiting: { live: [], candidate: [] },
  sums: { live: 0, candidate: 0 },
  worse: startTimes(LIMIT_STAKES.length, HORIZON),
});

/**
 * Pairs the scores of both versions in the order in which they came, and bets on each difference that the candidate's mean lies more than
 * `margin` under the live version's.
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024) 1-27.
 */
export function takeScores(
  evidence: ScoreEvidence,
  { live, candidate }: RoleMinute,
  metric: string,
  margin: number,
): ScoreEvidence {
  const mine = [...evidence.waiting.candidate, ...(candidate.scores?.[metric] ?? [])];
  const its = [...evidence.waiting.live, ...(live.scores?.[metric] ?? [])];
  const pairs = Math.min(mine.length, its.length);
  let { worse, sums } = evidence;
  for (let i = 0; i < pairs; i++) {
    const [a, b] = [its[i] as number, mine[i] as number];
    sums = { live: sums.live + a, candidate: sums.candidate + b };
    // the difference, from [-1, 1] to [0, 1]
    worse = stepStartTimes(worse, aboveLimitFactors((1 + a - b) / 2, (1 + margin) / 2));
  }
  const rest = (scores: readonly number[]) => scores.slice(pairs).slice(-WAITING);
  return { ...evidence, waiting: { live: rest(its), candidate: rest(mine) }, sums, worse };
}

export const scoresLog = ({ worse }: ScoreEvidence): number => startTimesEvidence(worse);
