import { type MeanSequence, meanInterval, meanSequence, stepMeanSequence } from '@sluice/statistics';
import type { RoleMinute } from '../observations/minute.ts';
import { type Compare, higherIsBetter, measured } from './metric.ts';

/** The sums of an empirical-Bernstein confidence sequence over the differences of the intervals. Plain JSON. */
export interface ComparisonEvidence extends Omit<MeanSequence, 'alpha' | 'interval'> {
  /** What each version had, over how many requests or scores. */
  readonly live: { readonly total: number; readonly over: number };
  readonly candidate: { readonly total: number; readonly over: number };
}

/** No interval yet. */
export const nothingCompared: ComparisonEvidence = {
  n: 0,
  sum: 0,
  squares: 0,
  stakes: 0,
  weighted: 0,
  variation: 0,
  live: { total: 0, over: 0 },
  candidate: { total: 0, over: 0 },
};

/** Takes intervals in, each once and in order. One in which a version was not measured compares nothing. */
export function compareMore(
  before: ComparisonEvidence,
  minutes: readonly RoleMinute[],
  { metric, confidence }: Compare,
): ComparisonEvidence {
  let evidence = before;
  for (const { live, candidate } of minutes) {
    const [a, b] = [measured(metric, live), measured(metric, candidate)];
    if (!a || !b) continue;
    const { alpha, interval, ...sums } = stepMeanSequence(
      { ...meanSequence(1 - confidence), ...evidence },
      (b.mean - a.mean + 1) / 2,
    );
    const add = (arm: ComparisonEvidence['live'], { mean, over }: typeof a) => ({
      total: arm.total + mean * over,
      over: arm.over + over,
    });
    evidence = { ...sums, live: add(evidence.live, a), candidate: add(evidence.candidate, b) };
  }
  return evidence;
}

/** How two versions compare, valid at any look. */
export interface Comparison {
  readonly metric: string;
  /** Mean of each version over its requests or scores; nothing before the first. */
  readonly live: number | undefined;
  readonly candidate: number | undefined;
  /** Candidate less live version, a mean over the intervals, with its interval; shares and scores in [0, 1]. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  /** Intervals in which both were measured. */
  readonly intervals: number;
  readonly better: 'candidate' | 'live' | 'undecided';
}

/**
 * The difference with a confidence sequence: at all looks together it holds the difference of the two versions, averaged over the
 * intervals so far, with the confidence asked for. Each interval counts as what was to be expected of it after all that came before, so
 * that neither bursts nor the time of day need to be independent.
 *
 * Source: Waudby-Smith & Ramdas, JRSS-B 86 (2024), theorem 2, without the running intersection, since the difference may change.
 */
export function comparison(evidence: ComparisonEvidence, { metric, confidence }: Compare): Comparison {
  const { n, live, candidate } = evidence;
  const { lower, upper } = meanInterval({ ...evidence, alpha: 1 - confidence });
  const [low, high] = [Math.max(-1, 2 * lower - 1), Math.min(1, 2 * upper - 1)];
  const up = low > 0;
  const apart = up || high < 0;
  return {
    metric,
    live: live.over > 0 ? live.total / live.over : undefined,
    candidate: candidate.over > 0 ? candidate.total / candidate.over : undefined,
    difference: lower + upper - 1,
    low,
    high,
    confidence,
    intervals: n,
    better: !apart ? 'undecided' : up === higherIsBetter(metric) ? 'candidate' : 'live',
  };
}

/** One sentence for people: which is better, on what, and by how much. */
export function comparisonSentence(found: Comparison): string {
  const { metric, live, candidate, low, high, confidence, intervals, better } = found;
  if (live === undefined || candidate === undefined)
    return `no interval measured ${metric} of both versions yet`;
  const score = higherIsBetter(metric);
  const shown = (value: number) => (score ? value.toFixed(3) : `${(100 * value).toFixed(2)} %`);
  const figures = `${metric}: new version ${shown(candidate)}, live version ${shown(live)}`;
  const by = [low, high]
    .map((value) => shown(Math.abs(value)))
    .sort((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
  const basis = `${100 * confidence} % at any look, ${intervals} intervals`;
  return better === 'undecided'
    ? `neither is known to be better (${figures}; difference ${shown(low)} to ${shown(high)}, ${basis})`
    : `the ${better === 'candidate' ? 'new' : 'live'} version is better by ${by.join(' to ')} (${figures}; ${basis})`;
}
