import { Items, type ItemsParts } from './items.ts';
import type { Series, Task } from './results.ts';
import { ScoreColumn, type ScoreColumnParts } from './score-column.ts';

/** A task as another thread takes it over: values and typed arrays alone. */
export interface TaskParts extends Omit<Task, 'items' | 'series'> {
  readonly items: ItemsParts | null;
  readonly series: readonly SeriesParts[];
}

interface SeriesParts extends Omit<Series, 'scores' | 'corpus'> {
  readonly scores: ScoreColumnParts | null;
}

/** What a task is made of. Its series are scores of items: parts of corpus figures are not handed over. */
export function partsOfTask(task: Task): TaskParts {
  return {
    ...task,
    items: task.items?.parts() ?? null,
    series: task.series.map(({ scores, corpus, ...series }) => {
      if (corpus) throw new TypeError(`${series.metric}: parts of a corpus figure cannot be handed over`);
      return { ...series, scores: scores?.parts() ?? null };
    }),
  };
}

/** The task of what `partsOfTask` gave; it holds the very arrays. */
export function taskOfParts(parts: TaskParts): Task {
  return {
    ...parts,
    items: parts.items && Items.fromParts(parts.items),
    series: parts.series.map(({ scores, ...series }) => ({
      ...series,
      scores: scores && ScoreColumn.fromParts(scores),
      corpus: null,
    })),
  };
}

/** The memory of all typed arrays in a value, which `postMessage` hands over instead of copying. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}
