import type { Arm } from '@sluice/statistics';
import { blockFor, burstLengths, GAP, isUnusual, usualShare } from './bursts.ts';

/** The live version's bursts of errors: those of its past, and one that may be under way. */
export interface BurstWatch {
  /** The first intervals, where no history told what is usual; empty once that is known. */
  readonly early: readonly Arm[];
  readonly usual: number;
  /** Lengths in intervals. */
  readonly lengths: readonly number[];
  /** Intervals of the burst under way, 0 where there is none, and quiet ones since its last. */
  readonly run: number;
  readonly quiet: number;
}

/** Intervals that tell what is usual. */
const ENOUGH = 60;

export function watchBursts(past: readonly Arm[]): BurstWatch {
  if (past.length < ENOUGH) return { early: past, usual: 1, lengths: [], run: 0, quiet: 0 };
  const usual = usualShare(past);
  return { early: [], usual, lengths: burstLengths(past, usual), run: 0, quiet: 0 };
}

/** Intervals after which worse is no burst any more, but how things are now. */
const LONGEST = 360;

/**
 * Takes one more interval in; `ended` is the length of a burst that is over, 0 otherwise. What hits both versions at once is no burst of
 * the live one.
 */
export function stepBursts(
  watch: BurstWatch,
  live: Arm,
  candidate: Arm,
): { watch: BurstWatch; ended: number } {
  const { usual, run, quiet } = watch;
  if (usual === 1) {
    const known = watchBursts([...watch.early, live]);
    return { watch: known, ended: Math.max(0, ...known.lengths) };
  }
  if (isUnusual(live, usual) && !isUnusual(candidate, usual))
    return { watch: { ...watch, run: run === 0 ? 1 : run + quiet + 1, quiet: 0 }, ended: 0 };
  if (run === 0) return { watch, ended: 0 };
  if (quiet < GAP) return { watch: { ...watch, quiet: quiet + 1 }, ended: 0 };
  const ended = run > LONGEST ? 0 : run;
  const lengths = ended > 0 ? [...watch.lengths, ended] : watch.lengths;
  return { watch: { ...watch, lengths, run: 0, quiet: 0 }, ended };
}

/** The block that the bursts seen so far ask for. */
export const blockAsked = ({ lengths }: BurstWatch): number => blockFor(lengths);
