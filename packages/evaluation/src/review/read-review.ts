import { UserError } from '@sluice/contract';
import { readReviewKey } from './key.ts';
import { readRatings } from './ratings/read-ratings.ts';
import { type Review, reviewOf } from './ratings/review.ts';

/**
 * Reads what one or several reviewers said of a sample.
 *
 * @param keyPath the key that `drawReview` gave
 * @param ratingPaths files of ratings, one or more
 */
export async function readReview(keyPath: string, ratingPaths: readonly string[]): Promise<Review> {
  if (ratingPaths.length === 0)
    throw new UserError('review: no ratings are given; pass the files that the reviewers handed back');
  const key = await readReviewKey(keyPath);
  const rows = await Promise.all(ratingPaths.map(readRatings));
  return reviewOf(key, rows.flat());
}
