import { basename } from 'node:path';
import { UserError } from '@sluice/contract';
import { digestOf, textOf } from '../../results/digest.ts';
import type { ItemText, ReadOptions, Results } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { eachJsonLine } from '../../text/json-lines.ts';
import { isObject, type JsonObject, toScore, valueAt } from '../../text/tolerant-json.ts';
import { rounding } from '../printed.ts';

interface Scored {
  readonly id: string;
  readonly metric: string;
  readonly value: number | null;
}

/** Whether the first row of a JSON Lines file is the head of an OpenAI evals run. */
export function isOpenAiEvals(row: JsonObject): boolean {
  return typeof valueAt(row, 'spec.run_id') === 'string';
}

/**
 * Reads the log of an OpenAI evals run. Events may stand behind `final_report`, because the last ones are flushed at the
 * interpreter's exit, so the file is read to its end; without a `final_report` the run was cut short. Several `match` events
 * of a sample are averaged; a sample with an `error` has no score.
 */
export async function readOpenAiEvals(path: string, options: ReadOptions = {}): Promise<Results> {
  let spec: JsonObject = {};
  let report: JsonObject | null = null;
  let runs = 0;
  const builder = new TaskBuilder('evals');
  const texts = new Map<string, ItemText>();
  const ids: string[] = [];
  const failed = new Set<string>();
  const scored: Scored[] = [];
  await eachJsonLine(path, (row, line) => {
    if (isObject(row.spec)) {
      spec = row.spec;
      runs++;
      if (runs > 1)
        throw new UserError(
          `${path} line ${line}: a second run starts here; a run was appended to an older one, so give each its own file`,
        );
    } else if (isObject(row.final_report)) report = row.final_report;
    else if (typeof row.sample_id === 'string' && isObject(row.data)) {
      const id = row.sample_id;
      const data = row.data;
      if (row.type === 'match') {
        scored.push({ id, metric: 'match', value: toScore(data.correct) });
        texts.set(id, {
          input: textOf(data.prompt ?? id),
          target: textOf(data.expected ?? ''),
          answer: textOf(data.sampled ?? data.picked ?? ''),
          ...(data.prompt == null ? { idOnly: true } : {}),
        });
      } else if (row.type === 'metrics') {
        for (const [metric, value] of Object.entries(data))
          if (toScore(value) !== null) scored.push({ id, metric, value: toScore(value) });
      } else if (row.type === 'error') failed.add(id);
    }
  });
  for (const { id, metric, value } of scored) {
    const item = builder.item({ id, at: ids.length });
    if (item === ids.length) ids.push(id);
    setSlices(builder.items, item, options.slices ?? [], [], basename(path));
    builder.score(item, metric, null, failed.has(id) ? null : value);
  }
  checkReported(path, toScore(valueAt(report, 'accuracy')), failed.size === 0 ? scored : []);
  const lost = [...failed].filter((id) => !ids.includes(id));
  for (const id of lost) {
    setSlices(builder.items, builder.item({ id, at: ids.length }), options.slices ?? [], [], basename(path));
    ids.push(id);
  }
  builder.print('match', null, { higherIsBetter: true, aggregate: toScore(valueAt(report, 'accuracy')) });
  const models = spec.completion_fns;
  return {
    format: 'openai-evals',
    source: path,
    evaluator: { name: 'openai-evals', version: null },
    model: Array.isArray(models) ? models.join(', ') : null,
    tasks: [
      builder.finish({
        errored: failed.size,
        incomplete: report ? 0 : 1,
        settings: { scorer: digestOf(textOf(spec.eval_name ?? '')) },
      }),
    ],
    notes: [
      ...(report ? [] : ['the log has no final_report: the run was cut short']),
      ...(builder.items.repeated > 0
        ? [`${builder.items.repeated} events are of a sample that has one already; its scores are averaged`]
        : []),
      ...(lost.length > 0 ? [`${lost.length} samples failed and have no score`] : []),
    ],
    texts: async (task, rows) => rows.map((row) => texts.get(ids[task.items?.place(row) ?? -1] ?? '')),
  };
}

/**
 * Checks that no event was lost: the accuracy of the final report is the share of correct matches.
 * @throws UserError naming both figures
 */
function checkReported(path: string, accuracy: number | null, scored: readonly Scored[]): void {
  const matches = scored.filter(({ metric }) => metric === 'match');
  if (accuracy === null || matches.length === 0) return;
  const share = matches.reduce((sum, { value }) => sum + (value ?? 0), 0) / matches.length;
  if (!(Math.abs(share - accuracy) <= rounding(accuracy)))
    throw new UserError(
      `${path}: of its ${matches.length} matches ${share} are correct, but its final report says ${accuracy}: events are missing, or they are not of one run`,
    );
}
