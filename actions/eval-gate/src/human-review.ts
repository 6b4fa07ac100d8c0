import { resolve } from 'node:path';
import { type Digest, UserError } from '@sluice/contract';
import { type Review, readReview } from '@sluice/evaluation';
import { digestOf, fileDigest } from '@sluice/record';
import type { Context } from './context.ts';

/** What people said, and the digest over the key and all ratings. */
export interface HumanReview {
  readonly review: Review;
  readonly digest: Digest;
}

/** Reads `review` and `review-key`; undefined where neither is given. */
export async function humanReview({ inputs, host }: Context): Promise<HumanReview | undefined> {
  const ratings = inputs.review ?? [];
  const key = inputs['review-key'];
  if (ratings.length === 0 && key === undefined) return undefined;
  if (ratings.length === 0 || key === undefined)
    throw new UserError(
      `${key === undefined ? 'review' : 'review-key'} is given without ${key === undefined ? 'review-key' : 'review'}: ratings are read with the key that \`sluice review draw\` wrote`,
    );
  const at = (path: string): string => resolve(host.workspace, path);
  const review = await readReview(at(key), ratings.map(at));
  const digests = await Promise.all([key, ...ratings].map(async (path) => fileDigest(at(path))));
  return { review, digest: digestOf(digests.sort().join('\n')) };
}
