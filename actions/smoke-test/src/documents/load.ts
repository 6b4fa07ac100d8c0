import * as z from 'zod/mini';

/** Requests beyond the prompts. */
export const loadPlan = z.strictObject({
  requests: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  /** The most under way at once. */
  concurrency: z._default(z.int().check(z.minimum(1), z.maximum(10_000)), 1),
  /** Requests a second on average, at random. Default: the next as soon as one ends. */
  rate: z.optional(z.number().check(z.positive())),
  'max-tokens': z.optional(z.int().check(z.minimum(1))),
  seed: z.optional(z.int()),
});
export type LoadPlan = z.output<typeof loadPlan>;
