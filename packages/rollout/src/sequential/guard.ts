import {
  type Arm,
  aboveLimitFactors,
  belowLimitFactors,
  conditionalFactors,
  LIMIT_STAKES,
  logMean,
  ODDS_RATIOS,
  overshootBoost,
  type StartTimes,
  SWAP_STAKES,
  startTimes,
  startTimesEvidence,
  stepStartTimes,
  swapFactors,
} from '@sluice/statistics';
import type { Block, GuardEvidence, GuardRule, Split } from './guard-evidence.ts';
import { levelNow } from './level.ts';
import { doubted, inDoubt } from './outburst.ts';
import { PAST_BETS, type Past, pastFactors } from './past.ts';
import { addPower, noPower } from './power.ts';

const PROOF_STAKES = [0.3, 0.6, 0.95];
/** Odds ratios of the check that the candidate, not both, is worse. */
const BESIDE = [2.5, 8, 40];
/** Part that the comparison gets where there never were ranks; where requests are many it spends nearly all it has. */
const ALONE = 0.75;
/** 1 / evidence at which the check confirms. */
const CONFIRM = 0.001;
/** How many times what it needs the wealth of a rank bet may be: an incident of both versions is forgotten within an hour. */
const EXCESS = Math.exp(3);
const EMPTY: Arm = { requests: 0, events: 0 };
export const EMPTY_BLOCK: Block = { live: EMPTY, candidate: EMPTY };

export function newGuard(
  alpha: number,
  threshold: number | null,
  past: Past | null,
  block: number,
  horizon: number,
  hour: number,
  assume: GuardRule['assume'],
): GuardEvidence {
  return {
    alpha,
    threshold,
    past,
    block,
    filled: 0,
    open: EMPTY_BLOCK,
    recent: [],
    live: EMPTY,
    swap: startTimes(SWAP_STAKES.length, horizon),
    rank: startTimes(PAST_BETS.length, horizon),
    beside:
      assume === 'independent'
        ? startTimes(ODDS_RATIOS.length, horizon, 0.9)
        : startTimes(BESIDE.length, hour),
    limit: startTimes(LIMIT_STAKES.length, horizon),
    proof: PROOF_STAKES.map(() => 0),
    power: noPower(),
    outburst: null,
    settled: 0,
  };
}

export const addArm = (a: Arm, b: Arm): Arm => ({
  requests: a.requests + b.requests,
  events: a.events + b.events,
});

export const addBlock = (a: Block, b: Block): Block => ({
  live: addArm(a.live, b.live),
  candidate: addArm(a.candidate, b.candidate),
});

const shareOf = ({ requests, events }: Arm) => (requests > 0 ? events / requests : 0);

/** One more interval; `seen` is absent where it holds no figures for this guard. At the end of a block every bet takes it in. */
export function takeInterval(
  guard: GuardEvidence,
  seen: Block | undefined,
  ruleNow: () => GuardRule,
): GuardEvidence {
  const open = seen ? addBlock(guard.open, seen) : guard.open;
  const filled = guard.filled + 1;
  if (filled < guard.block) return { ...guard, open, filled };
  const rule = ruleNow();
  const closed = closeBlock({ ...guard, open }, rule);
  return rule.longest > 0 ? doubted(guard, closed, open, rule.longest) : closed;
}

function closeBlock(guard: GuardEvidence, rule: GuardRule): GuardEvidence {
  const { open } = guard;
  const { live, candidate } = open;
  const recent = guard.recent.length < rule.hour ? guard.recent.slice() : guard.recent.slice(1 - rule.hour);
  if (rule.hour === 1) recent.length = 0;
  recent.push(open);
  const seen = addArm(guard.live, live);
  const independent = rule.assume === 'independent';
  return {
    ...guard,
    filled: 0,
    open: EMPTY_BLOCK,
    recent,
    live: seen,
    beside: independent
      ? stepIndependent(guard.beside, open, guard.alpha)
      : watchAnew(guard.beside, conditionalFactors(candidate, live, BESIDE)),
    swap: independent ? guard.swap : stepStartTimes(guard.swap, swapFactors(candidate, live)),
    rank: guard.past && !independent ? stepRank(guard, guard.past, recent, seen, rule) : guard.rank,
    limit: rule.limit < 1 ? stepStartTimes(guard.limit, limitFactors(open, rule.limit)) : guard.limit,
    proof:
      rule.proven && rule.limit < 1 && candidate.requests > 0
        ? belowLimitFactors(shareOf(candidate), rule.limit, PROOF_STAKES).map(
            (f, i) => Math.log(f) + (guard.proof[i] as number),
          )
        : guard.proof,
    power:
      rule.detect === null
        ? guard.power
        : addPower(guard.power, open, rule.detect, rule.limit, splitAlpha(guard, rule), independent),
  };
}

function stepIndependent(beside: StartTimes, { live, candidate }: Block, alpha: number): StartTimes {
  const boost = overshootBoost(beside, candidate, live, alpha);
  return stepStartTimes(
    beside,
    conditionalFactors(candidate, live).map((f) => boost * f),
  );
}

function stepRank(
  guard: GuardEvidence,
  past: Past,
  recent: readonly Block[],
  seen: Arm,
  rule: GuardRule,
): StartTimes {
  const { live, candidate } = guard.open;
  const level = levelNow(live, recent, seen, past.share);
  return stepStartTimes(
    guard.rank,
    pastFactors(candidate, past, level),
    EXCESS / splitAlpha(guard, rule).rank,
  );
}

/**
 * The check starts anew at every block with the same weight, one in `horizon`: it is asked only while another test has tripped, so its
 * false alarms count by the hour, and a fault that comes after a day is confirmed as fast as one after an hour.
 */
function watchAnew(check: StartTimes, factors: readonly number[]): StartTimes {
  return { ...stepStartTimes(check, factors), blocks: 0, atFirst: 0 };
}

/** Bets on the candidate's share of the whole block; none while the live version breaks the limit too. */
function limitFactors({ live, candidate }: Block, limit: number): number[] {
  const idle = candidate.requests === 0 || shareOf(live) > limit;
  return aboveLimitFactors(idle ? limit : shareOf(candidate), limit);
}

export function splitAlpha(guard: GuardEvidence, rule: GuardRule): Split {
  if (rule.assume === 'independent') return { swap: 0, rank: 0, beside: guard.alpha, limit: 0 };
  const limit = rule.limit < 1 ? 0.2 * guard.alpha : 0;
  const rest = guard.alpha - limit;
  // the check beside the rank test guards against another null than the rank test does: they share no alpha
  if (guard.past) return { swap: rest / 2, rank: rest / 2, beside: CONFIRM, limit };
  return { swap: rule.ranks ? rest : ALONE * rest, rank: 0, beside: CONFIRM, limit };
}

/** ln of each test's evidence, with the threshold it must reach. */
export interface Score {
  readonly test: 'comparison' | 'rank' | 'limit';
  readonly log: number;
  readonly needed: number;
}

const needed = (alpha: number) => (alpha > 0 ? Math.log(1 / alpha) : Number.POSITIVE_INFINITY);

/** Longer blocks from now on. The past in shorter ones no longer serves: the rank test ends, and its part of alpha is given to nobody. */
export const withBlock = (guard: GuardEvidence, block: number): GuardEvidence => ({
  ...guard,
  block,
  ...(guard.past ? { past: null, alpha: guard.alpha / 2 } : {}),
});

/** Where a guard's tests stand. A rank or a limit counts only as far as the candidate is also worse than what runs beside it. */
export function scores(guard: GuardEvidence, rule: GuardRule): Score[] {
  const split = splitAlpha(guard, rule);
  const beside = startTimesEvidence(guard.beside);
  if (rule.assume === 'independent')
    return [{ test: 'comparison', log: beside, needed: needed(split.beside) }];
  const result: Score[] = [
    { test: 'comparison', log: startTimesEvidence(guard.swap), needed: needed(split.swap) },
  ];
  if (split.rank > 0) result.push(capped('rank', guard.rank, split.rank, beside, split.beside));
  if (split.limit > 0) result.push(capped('limit', guard.limit, split.limit, beside, split.beside));
  return result;
}

function capped(
  test: Score['test'],
  own: StartTimes,
  alpha: number,
  beside: number,
  besideAlpha: number,
): Score {
  const log = startTimesEvidence(own);
  const [mine, check] = [needed(alpha), needed(besideAlpha)];
  // expressed on the scale of the test itself: as far as the slower of the two has come
  return { test, log: Math.min(log, (mine * beside) / check), needed: mine };
}

/** The first test that says the candidate is worse. */
export function tripped(guard: GuardEvidence, ruleNow: () => GuardRule): Score | undefined {
  if (inDoubt(guard) || calm(guard)) return undefined;
  const rule = ruleNow();
  if (rule.atLeast > 0) {
    const sum = guard.recent.reduce((s, b) => addArm(s, b.candidate), EMPTY);
    if (shareOf(sum) < rule.atLeast) return undefined;
  }
  return scores(guard, rule).find((s) => s.log >= s.needed);
}

/** Whether no test can have tripped: its evidence is at most its richest bet and the weight that has not started. */
function calm({ alpha, swap, rank, beside, limit }: GuardEvidence): boolean {
  const most = 1 / alpha - 1;
  const poor = ({ wealth }: StartTimes) => wealth.every((w) => w < most);
  return poor(swap) && poor(rank) && poor(beside) && poor(limit);
}

/** ln of the evidence that the candidate's share lies under the limit. */
export const proven = (guard: GuardEvidence): number => logMean(guard.proof);
