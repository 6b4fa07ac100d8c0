import { requireCount, requireOpenUnit, requirePositive } from '../arguments.ts';
import { fisherQuantile } from '../distributions/fisher.ts';

/** Events among requests (or hours, or tokens): a rate. */
export type Rate = { readonly events: number; readonly exposure: number };

/**
 * The one-sided upper bound of the ratio of two Poisson rates, first over second.
 *
 * Source: the conditional (binomial) test in its F form, Fleiss, Levin & Paik (2003); an empty second arm counts half
 * an event.
 */
export function rateRatioUpper(first: Rate, second: Rate, alpha: number): number {
  requireCount('events', first.events);
  requireCount('events', second.events);
  requirePositive('exposure', first.exposure);
  requirePositive('exposure', second.exposure);
  requireOpenUnit('alpha', alpha);
  const others = Math.max(second.events, 0.5);
  const ratio = (first.events + 1) / first.exposure / (others / second.exposure);
  return ratio * fisherQuantile(1 - alpha, 2 * (first.events + 1), 2 * others);
}
