import { countPairs } from '@sluice/statistics';
import type { Results } from '../results/results.ts';
import { reviewerAgreement } from '../review/agreement/reviewers.ts';
import { answersDigest, holdsAnswers } from '../review/answers-digest.ts';
import { type Counted, countReview } from '../review/count/count.ts';
import type { Review } from '../review/ratings/review.ts';
import { judgeFigure } from './absolute.ts';
import { judgeDifference } from './comparison.ts';
import { columnOf, type GateContext } from './context.ts';
import { type GateSpec, gateName, isComparison, reviewRule, reviewSpec } from './document.ts';
import { type Evidence, noEvidence } from './evidence.ts';
import type { ReviewGate } from './review-gate.ts';
import { oneShare, pairedShares } from './tests/binary.ts';
import { choosePaired, chooseSingle } from './tests/choose.ts';
import type { TestResult } from './tests/test.ts';

/** The evidence on `review`: what people said of a sample. Never a pass where ratings are missing, or are of other answers. */
export async function reviewed(
  context: GateContext,
  asked: ReviewGate,
  index: number,
  review: Review | undefined,
): Promise<Evidence> {
  const spec = reviewSpec(asked);
  const about = { name: gateName(spec), gate: index, metric: 'review', slice: null, threshold: 0 };
  if (!review)
    return noEvidence(
      about,
      'there is no human review; `sluice review draw` draws the sample, and `review` takes its ratings',
    );
  const problem = await unusable(context, asked, spec, review);
  if (problem) return noEvidence({ ...about, n: review.items.length }, problem);
  const compared = isComparison(spec);
  const rule = reviewRule({ review: asked });
  const counted = countReview(review, rule, compared ? 'both' : 'candidate');
  const n = counted.places.length;
  if (n < review.items.length)
    return noEvidence(
      { ...about, n },
      `${n} of the ${review.items.length} items of the sample are rated by ${review.reviewers.length === 1 ? 'the reviewer' : `all ${review.reviewers.length} reviewers`}; an item that is left out may be a bad one`,
    );
  const clusters = clustersOf(context, review, counted);
  const mean = (values: Float64Array): number => values.reduce((sum, v) => sum + v, 0) / n;
  const unused = { onlyInCandidate: 0, onlyInBaseline: 0, withoutScore: 0 };
  const options = { alpha: context.alpha, test: 'auto', family: context.family } as const;
  if (compared) {
    const baseline = counted.baseline as Float64Array;
    const test: TestResult = clusters
      ? choosePaired({ candidate: counted.candidate, baseline, binary: true, clusters }, options)
      : pairedShares(countPairs(counted.candidate, baseline), context.alpha);
    const figures = { candidate: mean(counted.candidate), baseline: mean(baseline), n, unused };
    return judgeDifference(context, spec, { ...about, ...figures }, test, 1);
  }
  const share = mean(counted.candidate);
  const test = clusters
    ? chooseSingle(counted.candidate, true, clusters, options)
    : oneShare(Math.round(share * n), n, context.alpha);
  return judgeFigure(spec, { ...about, threshold: asked['at-least'] as number, n, unused }, share, test);
}

/** Why the review cannot be counted, or null. */
async function unusable(
  { candidate, baseline, alpha }: GateContext,
  asked: ReviewGate,
  spec: GateSpec,
  review: Review,
): Promise<string | null> {
  const { samples, reviewers } = asked;
  if (review.items.length < samples)
    return `the sample holds ${review.items.length} items, and ${samples} are asked for`;
  if (review.reviewers.length < reviewers)
    return `${review.reviewers.length} of ${reviewers} reviewers handed in ratings`;
  if (!isComparison(spec) && review.form === 'pairs')
    return 'pairs say which answer is better, not whether it is acceptable; use better-than or not-worse-than, or draw the form acceptable or scale';
  if (isComparison(spec) && review.baselineAnswers === null)
    return 'the sample holds answers of the candidate alone; draw it with --baseline to compare';
  if (!(await isOf(candidate, review, 'candidate')))
    return `the ratings are of other answers than those of ${candidate.source}; draw and rate a sample of these`;
  if (isComparison(spec)) {
    if (!baseline) return 'there is no baseline';
    if (!(await isOf(baseline, review, 'baseline')))
      return `the ratings compare with other answers than those of ${baseline.source}; draw and rate a sample of these`;
  }
  return disagreeing(asked, review, alpha);
}

/** Whether the sample was drawn from these results. */
async function isOf(results: Results, review: Review, version: 'candidate' | 'baseline'): Promise<boolean> {
  const drawnFrom = version === 'candidate' ? review.candidateAnswers : review.baselineAnswers;
  return (await holdsAnswers(results, review.items, version)) && (await answersDigest(results)) === drawnFrom;
}

function disagreeing(asked: ReviewGate, review: Review, alpha: number): string | null {
  const least = asked['agreement-at-least'];
  if (least === undefined) return null;
  const agreement = reviewerAgreement(review, 1 - 2 * alpha);
  if (!agreement) return 'one reviewer alone agrees with nobody; `agreement-at-least` needs two';
  if (agreement.value === null) return `the reviewers' agreement is undefined: ${agreement.because}`;
  if (agreement.value >= least) return null;
  return `the reviewers agree too little (${agreement.measure} ${agreement.value.toFixed(2)}, ${least} is asked for), so their ratings decide nothing`;
}

/** The clusters of the sample's items, where the document names any. */
function clustersOf(
  { document, candidate }: GateContext,
  review: Review,
  counted: Counted,
): Int32Array | null {
  const name = document.cluster;
  if (name === undefined) return null;
  const codes = new Map<string, number>();
  return Int32Array.from(counted.places, (place) => {
    const { task: taskName, key } = review.items[place] as Review['items'][number];
    const task = candidate.tasks.find((one) => one.name === taskName) as Results['tasks'][number];
    const column = columnOf(task, name, candidate.source);
    const label = JSON.stringify([taskName, column.code(task.items?.keys.find(key) ?? -1)]);
    if (!codes.has(label)) codes.set(label, codes.size);
    return codes.get(label) as number;
  });
}
