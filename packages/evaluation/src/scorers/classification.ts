import type { PrecisionRecall } from './rouge.ts';

export interface ClassificationScores {
  readonly accuracy: number;
  readonly macro: PrecisionRecall;
  readonly micro: PrecisionRecall;
  /** Of one label against all others; null when none was named. */
  readonly binary: PrecisionRecall | null;
}

/**
 * Accuracy, precision, recall and F1 of predicted labels. The macro mean runs over the labels of truth and prediction; 0/0 is
 * 0. Equal to scikit-learn's `precision_recall_fscore_support(zero_division=0)`.
 *
 * @param positive the label that `binary` is about
 */
export function classificationScores(
  predicted: readonly string[],
  truth: readonly string[],
  positive?: string,
): ClassificationScores {
  const counts = new Map<string, { right: number; said: number; wanted: number }>();
  const of = (label: string) => {
    let found = counts.get(label);
    if (!found) {
      found = { right: 0, said: 0, wanted: 0 };
      counts.set(label, found);
    }
    return found;
  };
  let right = 0;
  for (let i = 0; i < predicted.length; i++) {
    const [said, wanted] = [predicted[i] as string, truth[i] as string];
    const counted = of(said);
    counted.said++;
    if (said === wanted) {
      counted.wanted++;
      counted.right++;
      right++;
    } else of(wanted).wanted++;
  }
  const sums = [...counts.values()].flatMap(({ right: r, said, wanted }) => [r, said, wanted]);
  const one = positive === undefined ? undefined : counts.get(positive);
  return {
    accuracy: right / predicted.length,
    macro: {
      precision: macroOf(sums, 'precision'),
      recall: macroOf(sums, 'recall'),
      fmeasure: macroOf(sums, 'fmeasure'),
    },
    micro: precisionRecall(right, predicted.length, truth.length),
    binary:
      positive === undefined ? null : precisionRecall(one?.right ?? 0, one?.said ?? 0, one?.wanted ?? 0),
  };
}

/**
 * The mean over labels of a figure of each, from right, said and wanted of label after label. A label that comes neither in
 * prediction nor in truth (in a resample) is left out.
 */
export function macroOf(sums: ArrayLike<number>, key: keyof PrecisionRecall): number {
  let total = 0;
  let labels = 0;
  for (let at = 0; at < sums.length; at += 3) {
    const [right, said, wanted] = [sums[at] as number, sums[at + 1] as number, sums[at + 2] as number];
    if (said + wanted === 0) continue;
    labels++;
    total += precisionRecall(right, said, wanted)[key];
  }
  return total / labels;
}

/** Of one label, or of all together (micro). 0/0 is 0. */
export function precisionRecall(right: number, said: number, wanted: number): PrecisionRecall {
  const precision = said === 0 ? 0 : right / said;
  const recall = wanted === 0 ? 0 : right / wanted;
  return { precision, recall, fmeasure: said + wanted === 0 ? 0 : (2 * right) / (said + wanted) };
}
