import { UserError } from '@sluice/contract';
import { visible } from '../text/visible.ts';
import type { Results, Series, Task } from './results.ts';

/** A series together with the task it belongs to. */
export interface Found {
  readonly task: Task;
  readonly series: Series;
}

/** The full name of a series: `task/metric@filter`, without what does not apply. */
export function nameOf(series: Series): string {
  return `${series.task}/${series.metric}${series.filter === null ? '' : `@${series.filter}`}`;
}

/**
 * Every series that `[task/]metric[@filter]` may mean. A task's or metric's own slashes and at-signs are no
 * trouble, because the name is compared with each series' four forms instead of being taken apart.
 */
export function matching(results: Results, name: string): Found[] {
  const found: Found[] = [];
  for (const task of results.tasks) {
    for (const series of task.series) {
      const filtered = series.filter === null ? series.metric : `${series.metric}@${series.filter}`;
      const forms = [
        series.metric,
        filtered,
        `${series.task}/${series.metric}`,
        `${series.task}/${filtered}`,
      ];
      if (forms.includes(name)) found.push({ task, series });
    }
  }
  return found;
}

/** The one series that the name means, or null when there is none. @throws UserError that lists all when there are several. */
export function findSeries(results: Results, name: string): Found | null {
  const found = matching(results, name);
  if (found.length <= 1) return found[0] ?? null;
  const exact = found.filter(({ series }) => nameOf(series) === name);
  if (exact.length === 1) return exact[0] as Found;
  const all = listed(found.map(({ series }) => nameOf(series)));
  throw new UserError(`metric "${name}" is ambiguous in ${results.source}: write one of ${all}`);
}

/** The full names of all series, in their order. */
export function seriesNames(results: Results): string[] {
  return results.tasks.flatMap((task) => task.series.map(nameOf));
}

const MOST_NAMES = 40;
const MOST_CHARACTERS = 100;

/** Names for a message, the first of them where there are many. */
export function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, MOST_NAMES)
    .map((name) => visible(name.length > MOST_CHARACTERS ? `${name.slice(0, MOST_CHARACTERS)}…` : name));
  return shown.join(', ') + (names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '');
}
