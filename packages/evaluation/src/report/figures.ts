import { scoresOf } from '../pair/pair.ts';
import { nameOf } from '../results/metric-name.ts';
import type { Results } from '../results/results.ts';

/** The figure of each series: what the evaluator printed, else the mean of the items. Figures that are not finite are left out. */
export function figuresOf(results: Results): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const task of results.tasks) {
    for (const series of task.series) {
      const figure = series.aggregate ?? meanOf(scoresOf({ task, series })?.values);
      if (figure !== null && Number.isFinite(figure)) figures[nameOf(series)] = figure;
    }
  }
  return figures;
}

function meanOf(values: Float64Array | undefined): number | null {
  return values && values.length > 0 ? values.reduce((sum, v) => sum + v, 0) / values.length : null;
}
