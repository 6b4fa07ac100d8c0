import * as z from 'zod/mini';
import { between, durationText, word } from './fields.ts';

/** What the sequential judge may watch beside an absolute limit of latency: each a share of requests. */
const shares = ['errors', 'latency', 'ttft', 'tpot', 'invalid'] as const;

/** The guards that are a share of requests. */
export const guardNames = [...shares, 'slow'] as const;
export type GuardName = (typeof guardNames)[number];

const times = z.prefault(
  z.strictObject({
    /** A request is slow when it takes longer than this many times the P99 of the baseline. */
    times: z._default(between(1, 100), 1.5),
  }),
  {},
);

const limited = (limit: number) =>
  z.prefault(
    z.strictObject({
      /** Percent of requests; 100: no absolute limit. */ limit: z._default(between(0.01, 100), limit),
    }),
    {},
  );

const gauge = z.optional(
  z.strictObject({
    /** Percent that the candidate's devices must stay under while the live version's do. */
    above: between(1, 100),
    /** How long it must be above, each interval. */
    for: z._default(durationText, '5m'),
  }),
);

/** The guards' part of the sequential policy. Those without a default are on where they are written. */
export const guardFields = {
  guards: z._default(z.array(word(shares)).check(z.minLength(1)), [...shares]),
  errors: limited(1),
  invalid: limited(100),
  latency: times,
  ttft: times,
  tpot: times,
  slow: z.optional(
    z.strictObject({
      /** A request is slow when it takes longer than this. */
      above: durationText,
      /** Percent of requests that may. */
      limit: z._default(between(0.01, 100), 1),
    }),
  ),
  'token-rate': z.optional(
    z.strictObject({
      /** Output tokens a second may fall to one in this many of the live version's. */
      times: z._default(between(1, 100), 1.25),
    }),
  ),
  'gpu-memory': gauge,
  'gpu-utilisation': gauge,
  /** By how much the mean score of a metric of the online evaluation (0 to 1) may lie under the live version's. */
  scores: z.optional(z.record(z.string(), between(0, 0.99))),
};
