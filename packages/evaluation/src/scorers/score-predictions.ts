import type { TaskBuilder } from '../results/task-builder.ts';
import { CORPUS_METRICS } from './corpus-metrics.ts';
import { ITEM_SCORES, LOWER_IS_BETTER, type PredictionScore } from './prediction-scores.ts';

/** Scores one prediction after the other into a task. */
export function predictionScorer(
  names: readonly PredictionScore[],
): (builder: TaskBuilder, row: number, prediction: string | null, references: readonly string[]) => void {
  const items = names.flatMap((name) =>
    name in ITEM_SCORES ? [[name, ITEM_SCORES[name as keyof typeof ITEM_SCORES]()] as const] : [],
  );
  const corpora = names.flatMap((name) => {
    const metric = name in CORPUS_METRICS ? CORPUS_METRICS[name as keyof typeof CORPUS_METRICS] : null;
    return metric ? [{ name, count: metric.counter(), kind: metric.kind }] : [];
  });
  return (builder, row, prediction, references) => {
    for (const [name, score] of items) {
      builder.print(name, null, { higherIsBetter: !LOWER_IS_BETTER.has(name) });
      builder.score(row, name, null, prediction === null ? null : score(prediction, references));
    }
    for (const { name, count, kind } of corpora) {
      builder.print(name, null, { higherIsBetter: true });
      builder.corpus(row, name, null, kind, prediction === null ? null : count(prediction, references));
    }
  };
}
