import {
  type Arm,
  type BlockHistory,
  RANK_BETS,
  type RankBet,
  rankFactors,
  rankPValue,
} from '@sluice/statistics';

/** What the baseline's own past says about one kind of event, in blocks of one length. */
export interface Past {
  /** Event shares of the blocks, ascending, and how many blocks had each. */
  readonly blocks: BlockHistory;
  /** Events of all requests. */
  readonly share: number;
}

/** Shares closer than this factor are kept as the higher one. */
const STEP = 1.06;
const SMALLEST = 1e-6;

/** The step that a share is rounded up to; -1: none. */
const stepOf = (share: number) => (share <= 0 ? -1 : Math.ceil(Math.log(share / SMALLEST) / Math.log(STEP)));
const shareAt = (step: number) => (step < 0 ? 0 : Math.min(1, SMALLEST * STEP ** step));

/** Sums intervals up in blocks of `length`; a last incomplete block is left out. */
export function inBlocks(intervals: readonly Arm[], length: number): Arm[] {
  const blocks: Arm[] = [];
  for (let i = 0; i + length <= intervals.length; i += length) {
    let [requests, events] = [0, 0];
    for (let j = i; j < i + length; j++) {
      const part = intervals[j] as Arm;
      requests += part.requests;
      events += part.events;
    }
    blocks.push({ requests, events });
  }
  return blocks;
}

/** The past in blocks; nothing where no request was served. */
export function pastOf(intervals: readonly Arm[], length: number): Past | null {
  const tally = new Map<number, number>();
  let [requests, events] = [0, 0];
  for (const block of inBlocks(intervals, length)) {
    if (block.requests === 0) continue;
    requests += block.requests;
    events += block.events;
    const step = Math.max(-1, stepOf(block.events / block.requests));
    tally.set(step, (tally.get(step) ?? 0) + 1);
  }
  if (requests === 0) return null;
  const steps = [...tally.keys()].sort((a, b) => a - b);
  return {
    blocks: { shares: steps.map(shareAt), counts: steps.map((s) => tally.get(s) as number) },
    share: Math.max(events / requests, 1e-5),
  };
}

/** Besides the usual ones, bets of nearly everything on a block such as the past hardly holds: plain faults are found two blocks on. */
export const PAST_BETS: readonly RankBet[] = [
  ...RANK_BETS,
  { threshold: 0.001, stake: 0.9 },
  ...[0.15, 0.5, 0.9].map((stake) => ({ threshold: 0.0003, stake })),
];
const LARGEST = Math.max(...PAST_BETS.map((b) => b.threshold));
const NO_BET = PAST_BETS.map((b) => 1 - b.stake);
const ALL_ONE = PAST_BETS.map(() => 1);

/**
 * The factors of the bets that the candidate's block is unusual among the baseline's past ones. A binomial's median is at
 * least its mean rounded down, so a block that many past ones would exceed half the time needs no further sums.
 */
export function pastFactors(candidate: Arm, { blocks }: Past, level: number): readonly number[] {
  const { requests, events } = candidate;
  if (requests === 0) return ALL_ONE;
  let [worse, all] = [0, 0];
  for (let i = blocks.shares.length - 1; i >= 0; i--) {
    const count = blocks.counts[i] as number;
    all += count;
    if (requests * Math.min(0.95, (blocks.shares[i] as number) * level) >= events + 1) worse += count;
  }
  if (worse / 2 > LARGEST * (all + 1)) return NO_BET;
  return rankFactors(rankPValue(candidate, blocks, level), PAST_BETS);
}
