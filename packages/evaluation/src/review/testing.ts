import { digestOf } from '../results/digest.ts';
import type { Results } from '../results/results.ts';
import { TaskBuilder } from '../results/task-builder.ts';

/** Results whose item i of a task was answered by `answer(i)`, for tests. */
export function answered(
  source: string,
  sizes: Readonly<Record<string, number>>,
  answer: (i: number, task: string) => string,
  options: {
    readonly slice?: (i: number) => string;
    readonly scores?: (i: number, task: string) => Record<string, number | null>;
  } = {},
): Results {
  const tasks = Object.entries(sizes).map(([name, size]) => {
    const builder = new TaskBuilder(name);
    for (let i = 0; i < size; i++) {
      const row = builder.item({ content: digestOf(name, String(i)) });
      for (const [metric, score] of Object.entries(options.scores?.(i, name) ?? { accuracy: 1 }))
        builder.score(row, metric, null, score);
      if (options.slice) builder.items.setSlice(row, 'language', options.slice(i));
    }
    return builder.finish();
  });
  return {
    format: 'test',
    source,
    evaluator: { name: 'test', version: null },
    model: null,
    tasks,
    notes: [],
    texts: async (task, rows) =>
      rows.map((row) => ({
        input: `${task.name} ${row}?`,
        target: 'reference',
        answer: answer(row, task.name),
      })),
  };
}
