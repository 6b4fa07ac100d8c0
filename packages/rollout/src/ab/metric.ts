import { duration } from '@sluice/contract';
import * as z from 'zod/mini';
import { type Counts, shareSlower } from '../observations/minute.ts';

const METRIC = /^(errors|invalid|slower-than:(\d{1,12}(?:\.\d{1,3})?(?:ms|s|m|h|d))|score:(\S+))$/;

/** What two versions are compared by. */
export const compareFields = z.strictObject({
  /** `errors`, `invalid`, `slower-than:<time span>` (shares of the requests), or `score:<name>` of the online evaluation. */
  metric: z._default(
    z
      .string()
      .check(
        z.regex(
          METRIC,
          "must be errors, invalid, slower-than:2s (any time span) or score:<name of the online evaluation's metric>",
        ),
      ),
    'errors',
  ),
  /** Chance that the interval holds the true difference at all looks together. */
  confidence: z._default(z.number().check(z.minimum(0.5), z.maximum(0.9999)), 0.95),
});

export type Compare = z.output<typeof compareFields>;

/** Whether more of it is better. */
export const higherIsBetter = (metric: string): boolean => metric.startsWith('score:');

/** What one version had in an interval: a mean in [0, 1] over so many; nothing where it was not measured. */
export interface Measured {
  readonly mean: number;
  readonly over: number;
}

/** Reads a metric off an interval. */
export function measured(metric: string, counts: Counts): Measured | undefined {
  const [, , span, name] = METRIC.exec(metric) ?? [];
  const { requests } = counts;
  if (name !== undefined) {
    const scores = counts.scores?.[name] ?? [];
    return scores.length === 0
      ? undefined
      : { mean: scores.reduce((sum, score) => sum + score, 0) / scores.length, over: scores.length };
  }
  if (requests === 0) return undefined;
  if (span !== undefined) {
    const slow = counts.latency && shareSlower(duration.parse(span), counts.latency, requests);
    return slow === undefined ? undefined : { mean: Math.min(1, Math.max(0, slow)), over: requests };
  }
  const events = metric === 'errors' ? counts.errors : counts.invalid;
  return events === undefined ? undefined : { mean: Math.min(1, events / requests), over: requests };
}
