import type { Review, ReviewedItem } from '../ratings/review.ts';

/** How the words of several reviewers become one. */
export interface Rule {
  /** `all-accept`: every reviewer must accept (prefer) it; `majority`: more than half of them. */
  readonly disagreement: 'all-accept' | 'majority';
  /** On the scale from 1 to 5: the lowest rating that accepts. */
  readonly acceptableFrom: number;
}

/** The sample as 0/1 scores of whole items, in the order of the review's items. */
export interface Counted {
  /** Places in `Review.items` of the items that every reviewer rated. */
  readonly places: readonly number[];
  /** 1 where the answer is accepted (pairs: preferred). */
  readonly candidate: Float64Array;
  /** Null where the sample holds no baseline. */
  readonly baseline: Float64Array | null;
}

/** Counts each item that every reviewer rated on the sides that are asked for. */
export function countReview(review: Review, rule: Rule, sides: 'candidate' | 'both'): Counted {
  const both = sides === 'both' && review.baselineAnswers !== null;
  const places = review.items.flatMap((item, i) =>
    isWhole(item.candidate) && (!both || isWhole(item.baseline)) ? [i] : [],
  );
  const least = review.form === 'scale' ? rule.acceptableFrom : 1;
  const score = (of: (item: ReviewedItem) => readonly (number | null)[]): Float64Array =>
    Float64Array.from(places, (i) => accepted(of(review.items[i] as ReviewedItem), least, rule.disagreement));
  return {
    places,
    candidate: score((item) => item.candidate),
    baseline: both ? score((item) => item.baseline) : null,
  };
}

function isWhole(ratings: readonly (number | null)[]): boolean {
  return ratings.length > 0 && ratings.every((rating) => rating !== null);
}

function accepted(
  ratings: readonly (number | null)[],
  least: number,
  disagreement: Rule['disagreement'],
): number {
  const accepting = ratings.filter((rating) => rating !== null && rating >= least).length;
  return Number(disagreement === 'majority' ? 2 * accepting > ratings.length : accepting === ratings.length);
}
