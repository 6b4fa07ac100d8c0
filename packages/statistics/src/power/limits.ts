import { requireCount, requireOpenUnit } from '../arguments.ts';
import { binomialCdf } from '../distributions/binomial.ts';

/** The fewest items that prove "share <= limit" at `confidence` when `events` of them are events. */
export function itemsToProveLimit(limit: number, events: number, confidence: number): number {
  requireOpenUnit('limit', limit);
  requireOpenUnit('confidence', confidence);
  requireCount('events', events);
  const unproven = (items: number): boolean => binomialCdf(events, items, limit) > 1 - confidence;
  let low = events;
  let high = Math.max(2, events * 2);
  while (unproven(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (unproven(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** The chance that `items` prove "share <= limit" at `confidence` when the true share is `share`. */
export function limitPower(items: number, limit: number, share: number, confidence: number): number {
  let events = -1;
  while (events < items && binomialCdf(events + 1, items, limit) <= 1 - confidence) events++;
  return events < 0 ? 0 : binomialCdf(events, items, share);
}
