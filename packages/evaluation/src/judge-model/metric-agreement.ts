import type { Side } from '../pair/pair.ts';
import { type Agreement, agreementOf, type Units } from '../review/agreement/agreement.ts';
import { countReview, type Rule } from '../review/count/count.ts';
import type { Review, ReviewedItem } from '../review/ratings/review.ts';
import { JUDGE_METRICS, judgedTask } from './judge-metrics.ts';

/**
 * How a metric (a judge model's scores, or any other) agrees with what people said of the same answers. Pairs: which
 * version is better, by the sign of the metric's difference. Else: acceptable or not; a metric from 1 to 5 accepts from
 * the rule's rating on.
 *
 * @param confidence of the interval, two-sided
 */
export function metricAgreement(
  review: Review,
  candidate: Side,
  baseline: Side | null,
  rule: Rule,
  confidence: number,
): Agreement {
  if (review.form === 'pairs') {
    const { places, ...people } = countReview(review, rule, 'both');
    const units = places.map((place, i) => {
      const item = review.items[place] as ReviewedItem;
      const [mine, theirs] = [scoreOf(candidate, item), baseline && scoreOf(baseline, item)];
      const metric = mine === null || theirs === null ? null : Math.sign(mine - theirs);
      return [(people.candidate[i] as number) - (people.baseline?.[i] ?? 0), metric];
    });
    return agreementOf(units, [-1, 0, 1], false, confidence);
  }
  if (candidate.series.metric === JUDGE_METRICS.pairs)
    return incomparable('the judge compared the versions, and people rated single answers');
  const sides = [
    { side: candidate, version: 'candidate' as const },
    ...(baseline && review.baselineAnswers ? [{ side: baseline, version: 'baseline' as const }] : []),
  ];
  const found = sides.flatMap(({ side, version }) => answersOf(review, side, version, rule));
  const scores = found.flatMap(({ metric }) => (metric === null ? [] : [metric]));
  const binary = scores.every((score) => score === 0 || score === 1);
  if (!binary && !scores.every((score) => score >= 1 && score <= 5))
    return incomparable(
      'its scores are neither 0 or 1 nor from 1 to 5, so they do not say what is acceptable',
    );
  const least = binary ? 1 : rule.acceptableFrom;
  const units: Units = found.map(({ people, metric }) => [
    people,
    metric === null ? null : Number(metric >= least),
  ]);
  return agreementOf(units, [0, 1], false, confidence);
}

function answersOf(
  review: Review,
  side: Side,
  version: 'candidate' | 'baseline',
  rule: Rule,
): { people: number; metric: number | null }[] {
  const { places, ...counted } = countReview(review, rule, version === 'baseline' ? 'both' : 'candidate');
  return places.flatMap((place, i) => {
    const item = review.items[place] as ReviewedItem;
    // one answer of both versions was rated once
    if (version === 'baseline' && item.identical) return [];
    return [{ people: counted[version]?.[i] as number, metric: scoreOf(side, item) }];
  });
}

/** The metric's score of an item of the sample; null where it has none. */
function scoreOf({ task, series }: Side, item: ReviewedItem): number | null {
  if (task.name !== item.task && task.name !== judgedTask(item.task)) return null;
  const row = task.items?.keys.find(item.key) ?? -1;
  const score = row < 0 ? Number.NaN : (series.scores?.mean(row) ?? Number.NaN);
  return Number.isNaN(score) ? null : score;
}

function incomparable(because: string): Agreement {
  return { measure: "Cohen's kappa", value: null, interval: null, same: null, n: 0, because };
}
