import { requireCount, requireOpenUnit } from '../arguments.ts';
import { normalQuantile } from '../distributions/normal.ts';
import type { Interval } from '../result.ts';

/**
 * Wilson's score interval of a share. For display: it does not hold its level exactly.
 *
 * Source: Wilson, JASA 22 (1927) 209-212.
 */
export function wilsonInterval(events: number, trials: number, confidence: number): Interval {
  requireCount('trials', trials, 1);
  requireCount('events', events);
  requireOpenUnit('confidence', confidence);
  if (events > trials) throw new RangeError(`${events} events in ${trials} trials`);
  const z = normalQuantile((1 + confidence) / 2);
  const square = z * z;
  const share = events / trials;
  const centre = (share + square / (2 * trials)) / (1 + square / trials);
  const spread = (share * (1 - share)) / trials + square / (4 * trials * trials);
  const half = (z / (1 + square / trials)) * Math.sqrt(spread);
  return {
    lower: events === 0 ? 0 : centre - half,
    upper: events === trials ? 1 : centre + half,
  };
}
