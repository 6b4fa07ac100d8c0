import { duration } from '@sluice/contract';
import * as z from 'zod/mini';
import { REVIEW_FORMS } from '../review/form.ts';

const text = z.string().check(z.minLength(1));

/** What a judge model is asked: the document `judge` of eval-gate. */
export const judgeConfig = z.strictObject({
  /** OpenAI-compatible server. */
  endpoint: z.string().check(z.regex(/^https?:\/\/.+/, 'expected an http:// or https:// address')),
  /** Name that it serves the judge under; default: the only one that it lists. */
  model: z.optional(text),
  /** Which of two answers is better, whether an answer is acceptable, or how good it is from 1 to 5. */
  form: z._default(z.enum(REVIEW_FORMS), 'acceptable'),
  /** What makes an answer good, in the judge's words. */
  instructions: z.optional(text),
  /** The tasks whose answers are judged; all that hold answers. */
  tasks: z.optional(z.array(text).check(z.minLength(1))),
  /** So many items at most, at random; those that people rated come first. */
  items: z.optional(z.int().check(z.gte(1))),
  seed: z._default(z.int().check(z.gte(0)), 0),
  'max-tokens': z._default(z.int().check(z.gte(1)), 512),
  /** Questions under way at once. */
  concurrency: z._default(z.int().check(z.gte(1), z.lte(64)), 4),
  /**
   * Answers are kept and not asked for again, by address, model, `max-tokens` and question. `version` stands for the address: who knows that
   * the same judge answers at another one says so.
   */
  cache: z._default(z.union([z.boolean(), z.strictObject({ version: text })]), true),
  /** For one answer of the judge. */
  timeout: z._default(
    z.string().check(z.refine(isDuration, "a number and a unit ('500ms', '60s', '2m')")),
    '60s',
  ),
});

export type JudgeConfig = z.infer<typeof judgeConfig>;

function isDuration(value: string): boolean {
  try {
    return duration.parse(value) > 0;
  } catch {
    return false;
  }
}
