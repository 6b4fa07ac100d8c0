import type { Review } from '../ratings/review.ts';
import { type Agreement, agreementOf } from './agreement.ts';

/** How the reviewers agree with each other, over all that two of them rated; null with one reviewer. */
export function reviewerAgreement(review: Review, confidence: number): Agreement | null {
  if (review.reviewers.length < 2) return null;
  if (review.form === 'pairs') {
    const asked = review.items.filter((item) => !item.identical);
    const units = asked.map(({ candidate, baseline }) =>
      candidate.map((mine, i) => (mine === null ? null : mine - (baseline[i] ?? 0))),
    );
    return agreementOf(units, [-1, 0, 1], false, confidence);
  }
  const units = review.items.flatMap(({ candidate, baseline, identical }) =>
    identical || baseline.length === 0 ? [candidate] : [candidate, baseline],
  );
  return review.form === 'scale'
    ? agreementOf(units, [1, 2, 3, 4, 5], true, confidence)
    : agreementOf(units, [0, 1], false, confidence);
}
