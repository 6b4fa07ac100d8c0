import { nameOf } from '../results/metric-name.ts';
import type { Results, Series, Task } from '../results/results.ts';

/** The figure of each series: what the evaluator printed, else the mean of the items. Figures that are not finite are left out. */
export function figuresOf(results: Results): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const task of results.tasks) {
    for (const series of task.series) {
      const figure = series.aggregate ?? meanOf(task, series);
      if (figure !== null && Number.isFinite(figure)) figures[nameOf(series)] = figure;
    }
  }
  return figures;
}

function meanOf({ items }: Task, { scores }: Series): number | null {
  let [sum, scored] = [0, 0];
  if (!items || !scores) return null;
  for (let row = 0; row < items.size; row++) {
    const mean = scores.mean(row);
    if (Number.isNaN(mean)) continue;
    sum += mean;
    scored++;
  }
  return scored > 0 ? sum / scored : null;
}
