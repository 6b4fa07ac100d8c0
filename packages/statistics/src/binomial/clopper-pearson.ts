import { requireCount, requireOpenUnit } from '../arguments.ts';
import { betaQuantile } from '../distributions/beta.ts';
import { binomialCdf, binomialTail } from '../distributions/binomial.ts';
import type { Interval } from '../result.ts';

function check(events: number, trials: number): void {
  requireCount('trials', trials, 1);
  requireCount('events', events);
  if (events > trials) throw new RangeError(`${events} events in ${trials} trials`);
}

/** The exact one-sided upper bound of a share: Beta⁻¹(1 - alpha; x + 1, n - x); 1 - alpha^(1/n) without events. */
export function clopperPearsonUpper(events: number, trials: number, alpha: number): number {
  check(events, trials);
  requireOpenUnit('alpha', alpha);
  if (events === trials) return 1;
  if (events === 0) return -Math.expm1(Math.log(alpha) / trials);
  return betaQuantile(1 - alpha, events + 1, trials - events);
}

/** The exact one-sided lower bound of a share. */
export function clopperPearsonLower(events: number, trials: number, alpha: number): number {
  check(events, trials);
  requireOpenUnit('alpha', alpha);
  if (events === 0) return 0;
  if (events === trials) return Math.exp(Math.log(alpha) / trials);
  return betaQuantile(alpha, events, trials - events + 1);
}

/**
 * The exact two-sided interval of a share: half of 1 - confidence on each side.
 *
 * Source: Clopper & Pearson, Biometrika 26 (1934) 404-413.
 */
export function clopperPearsonInterval(events: number, trials: number, confidence: number): Interval {
  const alpha = (1 - confidence) / 2;
  return {
    lower: clopperPearsonLower(events, trials, alpha),
    upper: clopperPearsonUpper(events, trials, alpha),
  };
}

/** Exact p-value of "the share is under `limit`": P(Bin(n, limit) <= events). Small means shown. */
export function shareBelowLimit(events: number, trials: number, limit: number): number {
  check(events, trials);
  return binomialCdf(events, trials, limit);
}

/** Exact p-value of "the share is over `limit`": P(Bin(n, limit) >= events). Small means shown. */
export function shareAboveLimit(events: number, trials: number, limit: number): number {
  check(events, trials);
  return binomialTail(events, trials, limit);
}
