import { duration, messageOf } from '@sluice/contract';
import * as z from 'zod/mini';
import { compareFields } from '../ab/metric.ts';
import { parseWindow } from './window.ts';

/** Fields that several policies share. Durations stay text, so that a policy in a state reads as it was written. */

export const durationText = z
  .string({ error: 'must be a duration with its unit, such as 30s or 5m' })
  .check(
    z.regex(
      new RegExp(duration.schema.pattern as string),
      'must be a number and its unit: ms, s, m, h or d (30s, 1.5h)',
    ),
  );

/** A length of time that something is divided by. */
const lengthText = durationText.check(
  z.refine((text) => !/^[0.]+[a-z]+$/.test(text), 'must be longer than 0, such as 1m'),
);

/** A share of 100 in percent. */
export const share = between(0, 100);

export const count = wholeFrom(0);

/** A number in a range, with the range in its error. */
export function between(min: number, max: number) {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).check(z.minimum(min, { error }), z.maximum(max, { error }));
}

export function wholeFrom(min: number) {
  const error = `must be a whole number, at least ${min}`;
  return z.int({ error }).check(z.minimum(min, { error }));
}

/** One of a few words, which its error lists. */
export function word<const W extends readonly [string, ...string[]]>(words: W) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

const window = z.string().check(
  z.check((payload) => {
    try {
      parseWindow(payload.value);
    } catch (error) {
      payload.issues.push({ code: 'custom', input: payload.value, message: messageOf(error) });
    }
  }),
);

export const common = {
  /** Length of the intervals in which requests are counted. */
  interval: z._default(lengthText, '1m'),
  /** Metrics whose newest interval ended longer ago than this are stale: hold. */
  'stale-after': z._default(durationText, '5m'),
  /** Requests that the candidate must have served in a stage before the next one. */
  'min-requests': z._default(count, 20),
  /** How long a stage may hold after its soak before a person must decide. */
  'max-hold': z._default(durationText, '24h'),
  /** How long after the promotion the rollout is still watched and may roll back. */
  watch: z._default(durationText, '0s'),
  /** Which stages a person must approve before they begin. */
  approval: z._default(word(['none', 'last-stage', 'every-stage']), 'none'),
  /** Times of day in which the weight may grow. */
  windows: z._default(z.array(window), []),
  /** The lease on the target ends this long after the last tick. */
  lease: z._default(durationText, '1h'),
  /** `ab`: a fixed split that promotes nothing and says at any look which version is better. Default: a canary. */
  mode: z.optional(word(['canary', 'ab'])),
  /** What an A/B test compares by. */
  compare: z.optional(compareFields),
};
