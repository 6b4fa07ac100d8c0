import { readFile } from 'node:fs/promises';
import { messageOf, readDocument, UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { REVIEW_FORMS } from './form.ts';

const SCHEMA = 'review-key/1';
const sha256 = z.string().check(z.regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256:<64 hex>'));
const hex = z.string().check(z.regex(/^[0-9a-f]{32}$/, 'expected 32 hex digits'));
const version = z.enum(['candidate', 'baseline']);
const side = z.strictObject({ source: z.string(), answers: sha256 });

const keySchema = z.strictObject({
  sluice: z.literal(SCHEMA),
  form: z.enum(REVIEW_FORMS),
  /** Digest of what the reviewers see. */
  sample: sha256,
  /** Fixes which items were drawn; says nothing of the sides. */
  seed: z.int(),
  /** Whose answers were drawn, by the digest over them. */
  candidate: side,
  baseline: z.nullable(side),
  strata: z.array(z.strictObject({ name: z.string(), items: z.int(), drawn: z.int() })),
  items: z.array(
    z.strictObject({
      task: z.string(),
      /** The item's key in its results. */
      key: hex,
      stratum: z.string(),
      /** Both versions gave the same answer: in pairs a tie that nobody is asked about. */
      identical: z.boolean(),
      /** Digest of each version's answer. */
      answers: z.strictObject({ candidate: hex, baseline: z.nullable(hex) }),
    }),
  ),
  cards: z.array(
    z.strictObject({
      id: z.string(),
      item: z.int().check(z.gte(0)),
      /** In pairs the versions of A and B, else those that gave this answer. */
      shows: z.array(version).check(z.minLength(1), z.maxLength(2)),
    }),
  ),
});

/** What tells which version wrote what. Whoever rates must not have it. */
export type ReviewKey = z.infer<typeof keySchema>;

/** The key's own mark. */
export const KEY_SCHEMA = SCHEMA;

/** @throws UserError where the file is none, or does not hold together */
export async function readReviewKey(path: string): Promise<ReviewKey> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(
      `review key: ${path} cannot be read (${messageOf(error)}); it is the file review-key.json that \`sluice review draw\` wrote`,
    );
  });
  const key = readDocument(text, path, keySchema);
  const ids = new Set(key.cards.map((card) => card.id));
  if (ids.size !== key.cards.length || key.cards.some((card) => card.item >= key.items.length))
    throw new UserError(`${path}: its cards and items do not belong together; draw the sample again`);
  return key;
}
