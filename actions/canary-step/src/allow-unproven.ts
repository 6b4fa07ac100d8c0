import * as z from 'zod/mini';

/** What the commit must say so that a version without a proving record may get users. */
export const allowUnprovenSchema = z.strictObject({
  reason: z.string().check(z.minLength(8)),
  /** A run that this is limited to; without it every run is allowed. */
  'run-id': z.optional(z.string()),
});
