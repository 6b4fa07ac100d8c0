import { countPairs, type Interval } from '@sluice/statistics';
import { oneShare, pairedShares } from '../../gates/tests/binary.ts';
import type { Agreement } from '../agreement/agreement.ts';
import { reviewerAgreement } from '../agreement/reviewers.ts';
import type { ReviewForm } from '../form.ts';
import type { Review } from '../ratings/review.ts';
import { countReview, type Rule } from './count.ts';

/** A share with its interval. */
export interface Estimate {
  readonly value: number;
  readonly interval: Interval;
}

/** A review in figures. */
export interface ReviewSummary {
  readonly form: ReviewForm;
  /** Items of the sample. */
  readonly items: number;
  /** Items that every reviewer rated, on all sides that were shown. */
  readonly rated: number;
  /** Items of which both versions gave the same answer. */
  readonly identical: number;
  readonly reviewers: readonly string[];
  /** Between the reviewers; null with one. */
  readonly agreement: Agreement | null;
  /** Share of the candidate's answers that are acceptable (pairs: preferred); null where nothing is rated. */
  readonly candidate: Estimate | null;
  /** The same with each stratum by its share of all items: where small strata were drawn more often, this is the figure of the whole. */
  readonly candidateWeighted: number | null;
  readonly baseline: Estimate | null;
  /** Candidate minus baseline. */
  readonly difference: Estimate | null;
}

/**
 * Counts a review.
 *
 * @param confidence of the intervals, two-sided; shares exact (Clopper-Pearson), the difference by Tango
 */
export function summarizeReview(review: Review, rule: Rule, confidence: number): ReviewSummary {
  const { candidate, baseline, places } = countReview(review, rule, 'both');
  const alpha = (1 - confidence) / 2;
  const share = (values: Float64Array | null): Estimate | null => {
    if (!values || values.length === 0) return null;
    const { estimate, interval } = oneShare(
      values.reduce((sum, v) => sum + v, 0),
      values.length,
      alpha,
    );
    return { value: estimate, interval };
  };
  const compared =
    baseline && places.length > 0 ? pairedShares(countPairs(candidate, baseline), alpha) : null;
  return {
    form: review.form,
    items: review.items.length,
    rated: places.length,
    identical: review.items.filter((item) => item.identical).length,
    reviewers: review.reviewers,
    agreement: reviewerAgreement(review, confidence),
    candidate: share(candidate),
    candidateWeighted: weighted(review, places, candidate),
    baseline: share(baseline),
    difference: compared && { value: compared.estimate, interval: compared.interval },
  };
}

/** Null where a stratum has no rated item. */
function weighted(review: Review, places: readonly number[], values: Float64Array): number | null {
  const strata = new Map([...review.strata].map(([name, items]) => [name, { items, rated: 0, sum: 0 }]));
  for (const [i, place] of places.entries()) {
    const stratum = strata.get(review.items[place]?.stratum ?? '');
    if (!stratum) continue;
    stratum.rated++;
    stratum.sum += values[i] as number;
  }
  const all = [...strata.values()];
  if (all.some(({ rated }) => rated === 0)) return null;
  const total = all.reduce((sum, { items }) => sum + items, 0);
  return all.reduce((sum, { items, rated, sum: accepted }) => sum + (items / total) * (accepted / rated), 0);
}
