import * as z from 'zod/mini';

const natural = z.number().check(z.minimum(0));

export const totals = z.strictObject({
  requests: natural,
  errors: natural,
  latency: z.nullable(z.strictObject({ bounds: z.array(z.number()), cumulative: z.array(natural) })),
});

const classic = z.strictObject({
  kind: z.literal('classic'),
  failing: natural,
  slow: natural,
  baseline: totals,
});

/** What each judge keeps between ticks. */
export const evidence = z.discriminatedUnion('kind', [classic]);
