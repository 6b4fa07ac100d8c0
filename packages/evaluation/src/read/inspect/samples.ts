import { digestOf, textOf } from '../../results/digest.ts';
import type { ItemText } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import type { TaskBuilder } from '../../results/task-builder.ts';
import { isObject, type JsonObject, toScore, valueAt } from '../../text/tolerant-json.ts';

/** What became of a sample. */
export type SampleState = 'scored' | 'errored' | 'invalidated' | 'limited';

const GRADES = new Map([
  ['C', 1],
  ['I', 0],
  ['P', 0.5],
  ['N', 0],
  ['yes', 1],
  ['no', 0],
]);

/**
 * Adds one sample (an id and an epoch) of an Inspect log. Ids default to positions, which are no identity: a numeric id is not
 * used, the input and target are. A bare NaN means unscored.
 */
export function addSample(
  sample: JsonObject,
  at: number,
  builder: TaskBuilder,
  slices: readonly string[],
  where: string,
): SampleState {
  const content = digestOf(textOf(sample.input), textOf(sample.target));
  const row = builder.item({
    ...(typeof sample.id === 'string' && !/^\d*$/.test(sample.id) ? { id: sample.id } : {}),
    content,
    at,
  });
  setSlices(builder.items, row, slices, [isObject(sample.metadata) ? sample.metadata : undefined], where);
  const state = stateOf(sample);
  const scores = isObject(sample.scores) ? sample.scores : {};
  for (const [scorer, score] of Object.entries(scores)) {
    const value = isObject(score) ? score.value : undefined;
    const counts = state !== 'errored' && state !== 'invalidated';
    for (const { metric, filter, part } of partsOf(scorer, value)) {
      if (typeof part === 'string' && GRADES.has(part))
        builder.print(metric, filter, { higherIsBetter: true });
      builder.score(row, metric, filter, counts ? gradeOf(part) : null);
    }
  }
  return state;
}

function stateOf(sample: JsonObject): SampleState {
  if (isObject(sample.error) || typeof sample.error === 'string') return 'errored';
  if (sample.invalidation) return 'invalidated';
  return sample.limit ? 'limited' : 'scored';
}

/** One series a scorer; one a key where its value is an object or a list. */
function partsOf(scorer: string, value: unknown): { metric: string; filter: string | null; part: unknown }[] {
  if (isObject(value))
    return Object.entries(value).map(([key, part]) => ({ metric: key, filter: scorer, part }));
  if (Array.isArray(value)) return value.map((part, i) => ({ metric: String(i), filter: scorer, part }));
  return [{ metric: scorer, filter: null, part: value }];
}

function gradeOf(value: unknown): number | null {
  return (typeof value === 'string' ? GRADES.get(value) : undefined) ?? toScore(value);
}

export function sampleText(sample: JsonObject): ItemText {
  return {
    input: textOf(sample.input),
    target: textOf(sample.target),
    answer: textOf(valueAt(sample, 'output.completion') ?? ''),
  };
}
