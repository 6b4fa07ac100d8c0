import { UserError } from '@sluice/contract';
import { listed } from '../../results/metric-name.ts';
import type { ColumnMap } from '../../results/results.ts';
import { type JsonObject, toScore } from '../../text/tolerant-json.ts';

/** Which column is what, for good. */
export interface Columns {
  readonly id: string | null;
  readonly input: string | null;
  readonly target: string | null;
  readonly answer: string | null;
  readonly task: string | null;
  readonly error: string | null;
  readonly scores: readonly string[];
}

const USUAL = {
  id: ['id', 'sample_id', 'item_id', 'example_id', 'question_id'],
  input: ['input', 'question', 'prompt', 'instruction', 'query', 'inputs', 'request'],
  target: [
    'target',
    'reference',
    'expected',
    'label',
    'gold',
    'targets',
    'ground_truth',
    'expected_response',
  ],
  answer: ['output', 'prediction', 'response', 'completion', 'answer', 'generated', 'outputs', 'predictions'],
  task: ['task', 'dataset', 'benchmark'],
} as const;

/**
 * Which column of a plain file is what: as mapped, else by its usual name; the scores are the mapped ones, else
 * every other column that is a number in the first row.
 * @throws UserError when a mapped column is not there, or nothing pairs (no id and no input)
 */
export function columnsOf(
  first: JsonObject,
  map: ColumnMap,
  slices: readonly string[],
  where: string,
  predictions: readonly string[] = [],
): Columns {
  const there = Object.keys(first);
  for (const column of [map.id, map.input, map.target, map.answer, map.task, ...(map.scores ?? [])]) {
    if (column !== undefined && !there.includes(column)) {
      throw new UserError(`${where}: no column "${column}"; there are ${listed(there)}`);
    }
  }
  const pick = (role: keyof typeof USUAL): string | null =>
    map[role] ?? USUAL[role].find((name) => there.includes(name) && !map.scores?.includes(name)) ?? null;
  const roles = {
    id: pick('id'),
    input: pick('input'),
    target: pick('target'),
    answer: pick('answer'),
    task: pick('task'),
    // often only the rows that failed have one
    error: map.error ?? (toScore(first.error) === null && !map.scores?.includes('error') ? 'error' : null),
  };
  if (roles.id === null && roles.input === null) {
    throw new UserError(
      `${where}: neither an id nor an input column, so items cannot be paired (never by position); name one with \`columns: {id: …}\` or \`columns: {input: …}\`; there are ${listed(there)}`,
    );
  }
  if (predictions.length > 0 && (roles.answer === null || roles.target === null)) {
    const lacks =
      roles.answer === null
        ? 'the predictions (`columns: {answer: …}`)'
        : 'the references (`columns: {target: …}`)';
    throw new UserError(
      `${where}: no column holds ${lacks}, so nothing can be scored; there are ${listed(there)}`,
    );
  }
  const taken = new Set([...Object.values(roles), ...slices]);
  const scores =
    map.scores ??
    there.filter((name) => !taken.has(name) && !predictions.includes(name) && toScore(first[name]) !== null);
  if (scores.length === 0 && predictions.length === 0)
    throw new UserError(
      `${where}: no column holds a number; name the scores with \`columns: {scores: […]}\``,
    );
  return { ...roles, scores };
}
