import { UserError } from '@sluice/contract';
import type { Results } from '../../results/results.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { eachJsonLine } from '../../text/json-lines.ts';
import { isObject, type JsonObject, toScore } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';

const EVALUATED = /^(eval|test|predict)_/;
/** How fast it was measured, and how far training was: no score of the model. */
const NO_SCORE = /_(runtime|samples|samples_per_second|steps_per_second|model_preparation_time)$/;

/** Whether a JSON value is `all_results.json`, `<split>_results.json` or `trainer_state.json` of the Hugging Face Trainer. */
export function isTrainerResult(value: unknown): value is JsonObject {
  if (!isObject(value)) return false;
  if (Array.isArray(value.log_history))
    return value.log_history.some(
      (entry) => isObject(entry) && Object.keys(entry).some((key) => EVALUATED.test(key)),
    );
  const entries = Object.entries(value);
  return entries.some(([key]) => EVALUATED.test(key)) && entries.every(([, v]) => toScore(v) !== null);
}

/** Whether a row is one of ms-swift's `logging.jsonl`. */
export function isSwiftLog(row: JsonObject): boolean {
  return 'global_step/max_steps' in row || 'last_model_checkpoint' in row;
}

/** Reads the figures of the Hugging Face Trainer: averages only, for absolute gates. */
export async function readTrainer(path: string): Promise<Results> {
  const value = (await wholeJson(path)) as JsonObject;
  const history = Array.isArray(value.log_history) ? value.log_history.filter(isObject) : null;
  const last = history?.findLast((entry) => Object.keys(entry).some((key) => EVALUATED.test(key)));
  return averages(
    path,
    'trainer',
    last ?? value,
    history
      ? []
      : [
          'all_results.json joins what was saved at several times: its eval figures may be older than the weights',
        ],
  );
}

/**
 * Reads ms-swift's `logging.jsonl`. It is appended on resume, so the last figures count, and none of weights that a restart from an
 * earlier step threw away. The row that sums a training up is its last: where it is not there, the training did not end.
 */
export async function readSwiftLog(path: string): Promise<Results> {
  let last: Record<string, unknown> = {};
  let evaluatedAt = 0;
  let ended = false;
  let restarted = '';
  let at = '';
  await eachJsonLine(path, (row) => {
    const progress = row['global_step/max_steps'];
    const step = Number.parseInt(String(progress ?? ''), 10);
    if (Number.isFinite(step)) {
      at = String(progress);
      if (step < evaluatedAt) {
        last = {};
        restarted = ` since it began again at step ${at}`;
      }
      ended = /^(\d+)\/\1$/.test(at);
    } else if ('last_model_checkpoint' in row || 'train_runtime' in row) ended = true;
    for (const [key, value] of Object.entries(row)) {
      if (!EVALUATED.test(key)) continue;
      last[key] = value;
      if (Number.isFinite(step)) evaluatedAt = step;
    }
  });
  if (Object.keys(last).length === 0)
    throw new UserError(
      `${path} is a log of ms-swift without an evaluation${restarted} (no eval_… in any row); train with an evaluation split`,
    );
  return averages(
    path,
    'ms-swift',
    last,
    ended ? [] : [`the log ends at step ${at}: training did not end`],
    !ended,
  );
}

function averages(
  path: string,
  name: string,
  figures: JsonObject,
  notes: string[],
  unfinished = false,
): Results {
  const builder = new TaskBuilder(name);
  for (const [key, value] of Object.entries(figures)) {
    const figure = toScore(value);
    if (EVALUATED.test(key) && !NO_SCORE.test(key) && figure !== null)
      builder.print(key, null, { aggregate: figure });
  }
  return {
    format: name,
    source: path,
    evaluator: { name, version: null },
    model: null,
    tasks: [builder.finish({ incomplete: unfinished ? 1 : 0 })],
    notes,
    texts: async (_, rows) => rows.map(() => undefined),
  };
}
