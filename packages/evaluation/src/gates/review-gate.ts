import * as z from 'zod/mini';

/** What holds where the document says nothing else. */
export const REVIEW_DEFAULTS = { 'acceptable-from': 4, disagreement: 'all-accept' } as const;

/** What is asked of the human review. It has one rule, as a gate has, and its own way to join several reviewers. */
export const reviewGate = z.strictObject({
  samples: z.int().check(z.gte(1)),
  'at-least': z.optional(z.number().check(z.gte(0), z.lte(1))),
  'not-worse-than': z.optional(z.literal('baseline')),
  'better-than': z.optional(z.literal('baseline')),
  margin: z.optional(z.number().check(z.gte(0), z.lt(1))),
  proven: z.optional(z.boolean()),
  /** On the scale from 1 to 5: the lowest rating that counts as acceptable. */
  'acceptable-from': z._default(z.int().check(z.gte(2), z.lte(5)), REVIEW_DEFAULTS['acceptable-from']),
  /** Where reviewers disagree: all must accept an answer, or more than half. */
  disagreement: z._default(z.enum(['all-accept', 'majority']), REVIEW_DEFAULTS.disagreement),
  /** The fewest reviewers. */
  reviewers: z._default(z.int().check(z.gte(1)), 1),
  /** The least agreement between them (kappa or alpha). */
  'agreement-at-least': z.optional(z.number().check(z.gte(-1), z.lte(1))),
});

export type ReviewGate = z.infer<typeof reviewGate>;
