import type { Arm, StartTimes } from '@sluice/statistics';
import type { Past } from './past.ts';

/** What both versions had in one block: requests and events. */
export interface Block {
  readonly live: Arm;
  readonly candidate: Arm;
}

/** Mean and variance of the ln wealth that each bet would have by now if the candidate had the fault. */
export interface Power {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  /** It would have been found with the probability that is asked for; what comes after cannot undo that. */
  readonly enough: boolean;
}

/**
 * Many events of the candidate alone, where no history tells how long bursts last. As long as they may be a burst nothing is concluded from
 * them, and nothing is kept of one that has ended; what lasts longer is judged from then on.
 */
export interface Outburst {
  /** Evidence from before it began; `null` once it has lasted longer than a burst. */
  readonly before: { readonly swap: StartTimes; readonly limit: StartTimes } | null;
  readonly blocks: number;
  readonly requests: number;
  readonly events: number;
  /** ln of how much better the usual share explains the newest blocks than that of the outburst. */
  readonly over: number;
}

/** What one guard has seen; every number of it is a sum over closed blocks, but `open`. */
export interface GuardEvidence {
  /** Its part of alpha. */
  readonly alpha: number;
  /** Bucket bound in ms from which on a request is slow; `null` where it does not apply or is not known yet. */
  readonly threshold: number | null;
  readonly past: Past | null;
  /** Intervals in a block, and how many of the open one were seen. */
  readonly block: number;
  readonly filled: number;
  /** The block that is being filled. */
  readonly open: Block;
  /** Closed blocks of the last hour, at least one. */
  readonly recent: readonly Block[];
  /** Live version, whole rollout. */
  readonly live: Arm;
  readonly swap: StartTimes;
  readonly rank: StartTimes;
  readonly beside: StartTimes;
  readonly limit: StartTimes;
  /** ln of the bets that the share lies under the limit. */
  readonly proof: readonly number[];
  readonly power: Power;
  readonly outburst: Outburst | null;
  /** Blocks since the last outburst ended, or since the start. */
  readonly settled: number;
}

export interface GuardRule {
  readonly assume: 'bursts' | 'independent';
  /** Share that is too much by itself; 1: none. */
  readonly limit: number;
  /** The candidate's recent share under which no comparison acts; 0: any. */
  readonly atLeast: number;
  /** Share of events in a fault that must have been found before the last stage; `null`: not asked of this guard. */
  readonly detect: number | null;
  /** Blocks of an hour. */
  readonly hour: number;
  /** Whether the last stage asks for the proof that the share lies under the limit. */
  readonly proven: boolean;
  /** Whether there was history enough for ranks. */
  readonly ranks: boolean;
  /** Blocks that a burst may last where no history tells; 0: the blocks are as long as bursts ask for. */
  readonly longest: number;
}

/** How a guard's part of alpha is split over what it tests. */
export interface Split {
  readonly swap: number;
  readonly rank: number;
  readonly beside: number;
  readonly limit: number;
}
