import {
  type StartTimes,
  SWAP_STAKES,
  startTimes,
  startTimesEvidence,
  stepStartTimes,
} from '@sluice/statistics';
import type { Counts, RoleMinute } from '../observations/minute.ts';

/** Output tokens, and the seconds that were spent on them. */
type Speed = NonNullable<Counts['tokens']>;

/** Whether the candidate generates more slowly. */
export interface TokenEvidence {
  readonly alpha: number;
  /** Intervals in a block, and how many of the open one were seen. */
  readonly block: number;
  readonly filled: number;
  readonly open: { readonly live: Speed; readonly candidate: Speed };
  /** The live version while it carried the load: its past, and the rollout as long as it served more than the candidate. */
  readonly loaded: Speed;
  /** Tokens a second in the newest block that counted. */
  readonly last: { readonly live: number; readonly candidate: number } | null;
  readonly slower: StartTimes;
}

const NONE: Speed = { count: 0, seconds: 0 };
const EMPTY: TokenEvidence['open'] = { live: NONE, candidate: NONE };

const add = (a: Speed, b: Speed | undefined): Speed =>
  b ? { count: a.count + b.count, seconds: a.seconds + b.seconds } : a;
const rate = ({ count, seconds }: Speed) => (seconds > 0 ? count / seconds : undefined);

export function beginTokens(
  alpha: number,
  block: number,
  horizon: number,
  history: readonly RoleMinute[],
): TokenEvidence {
  return {
    alpha,
    block,
    filled: 0,
    open: EMPTY,
    loaded: history.reduce((sum, { live }) => add(sum, live.tokens), NONE),
    last: null,
    slower: startTimes(SWAP_STAKES.length, horizon),
  };
}

/**
 * One more interval. At the end of a block it bets that the candidate was slower than `times` allows, even money: a candidate that is as fast
 * loses at least every other bet, whatever the spread of the figures. A server slows down with its load, so the candidate is held to the
 * slower of the live version beside it and the live version under full load.
 */
export function takeTokens(
  evidence: TokenEvidence,
  { live, candidate }: RoleMinute,
  times: number,
): TokenEvidence {
  const open = {
    live: add(evidence.open.live, live.tokens),
    candidate: add(evidence.open.candidate, candidate.tokens),
  };
  const loaded = live.requests > candidate.requests ? add(evidence.loaded, live.tokens) : evidence.loaded;
  const filled = evidence.filled + 1;
  if (filled < evidence.block) return { ...evidence, open, loaded, filled };
  const closed = { ...evidence, open: EMPTY, loaded, filled: 0 };
  const [mine, beside] = [rate(open.candidate), rate(open.live)];
  if (mine === undefined || beside === undefined) return closed;
  const asked = Math.min(beside, rate(loaded) ?? beside);
  const won = mine * times < asked ? 1 : -1;
  return {
    ...closed,
    last: { live: asked, candidate: mine },
    slower: stepStartTimes(
      evidence.slower,
      SWAP_STAKES.map((stake) => 1 + stake * won),
    ),
  };
}

export const tokensLog = ({ slower }: TokenEvidence): number => startTimesEvidence(slower);
