import type { Results } from '../../results/results.ts';
import { TaskBuilder } from '../../results/task-builder.ts';

/** What MLflow logs of the machine, not of the model. */
const OF_THE_MACHINE = /^system\//;

/** The task of a run's metrics: their figures have no items. */
const TASK = 'mlflow';

/**
 * The metrics of an MLflow run as figures without items, for absolute gates: what `log_metric` logged, `mlflow.evaluate`'s and
 * `mlflow.genai.evaluate`'s `<scorer>/mean` among them. NaN is kept: it must never pass.
 */
export function runMetrics(metrics: Readonly<Record<string, number>>, source: string): Results {
  const builder = new TaskBuilder(TASK);
  for (const [name, value] of Object.entries(metrics))
    if (!OF_THE_MACHINE.test(name)) builder.print(name, null, { aggregate: value });
  return {
    format: 'mlflow',
    source,
    evaluator: { name: 'mlflow', version: null },
    model: null,
    tasks: [builder.finish()],
    notes: [],
    texts: async (_, rows) => rows.map(() => undefined),
  };
}

/** The metrics of a run beside the table of its items. */
export function withRunMetrics(table: Results | null, metrics: Results): Results {
  if (!table) return metrics;
  const figures = metrics.tasks.filter((task) => task.series.length > 0);
  return { ...table, format: 'mlflow', tasks: [...table.tasks, ...figures] };
}
