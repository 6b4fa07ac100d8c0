import { UserError } from '@sluice/contract';
import { canonicalJson, digestOf } from '../../results/digest.ts';
import type { Settings } from '../../results/results.ts';
import type { TaskBuilder } from '../../results/task-builder.ts';
import { isObject, type JsonObject, toScore, valueAt } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';

/** Whether a JSON value is lm-eval's `results_<time>.json`. */
export function isLmEvalSummary(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    isObject(value.results) &&
    isObject(value.configs) &&
    ('versions' in value || 'n-samples' in value)
  );
}

/** Reads `results_<time>.json` whole; it is a few kilobytes a task. */
export async function readSummary(path: string): Promise<JsonObject> {
  const value = await wholeJson(path);
  if (!isLmEvalSummary(value))
    throw new UserError(`${path} is not a results file of lm-eval (no "results" and "configs")`);
  return value;
}

/** The tasks and groups that a results file holds. */
export function tasksOf(summary: JsonObject): string[] {
  return [...new Set([...Object.keys(object(summary.results)), ...Object.keys(object(summary.groups))])];
}

/** Tells the builder what the results file printed of a task: `"<metric>,<filter>": number`. */
export function printTask(summary: JsonObject, task: string, builder: TaskBuilder): void {
  const higher = object(object(summary.higher_is_better)[task]);
  const figures = { ...object(object(summary.groups)[task]), ...object(object(summary.results)[task]) };
  for (const [key, value] of Object.entries(figures)) {
    const comma = key.lastIndexOf(',');
    if (comma < 0) continue;
    const metric = key.slice(0, comma);
    const filter = key.slice(comma + 1);
    const number = toScore(value);
    if (metric.endsWith('_stderr')) {
      builder.print(metric.slice(0, -'_stderr'.length), filter, {
        standardError: Number.isFinite(number) ? number : null,
      });
    } else if (number !== null) {
      const direction = higher[metric];
      builder.print(metric, filter, {
        aggregate: number,
        higherIsBetter: typeof direction === 'boolean' ? direction : null,
      });
    }
  }
}

/** How the model was asked and how the answers were scored. */
export function settingsOf(summary: JsonObject, task: string): Settings {
  const config = object(object(summary.configs)[task]);
  const fewShot = toScore(object(summary['n-shot'])[task]);
  const pick = (keys: readonly string[], from: JsonObject): unknown => keys.map((key) => from[key] ?? null);
  const template = text(summary.chat_template_sha);
  return {
    scorer: digestOf(
      canonicalJson([
        object(summary.versions)[task],
        pick(['metric_list', 'filter_list', 'output_type'], config),
      ]),
    ),
    prompts: digestOf(
      canonicalJson([
        pick(PROMPT_KEYS, config),
        fewShot,
        pick(RUN_KEYS, summary),
        text(summary.system_instruction_sha),
      ]),
    ),
    ...(fewShot === null ? {} : { fewShot }),
    ...(template === null ? {} : { chatTemplate: template }),
  };
}

const PROMPT_KEYS = [
  'doc_to_text',
  'doc_to_choice',
  'description',
  'target_delimiter',
  'fewshot_delimiter',
  'fewshot_config',
  'generation_kwargs',
  'gen_prefix',
];
const RUN_KEYS = ['chat_template_sha', 'fewshot_as_multiturn'];

/** How many documents were evaluated and how many there are; null when the file does not say. */
export function sampleCount(
  summary: JsonObject,
  task: string,
): { original: number; effective: number } | null {
  const count = valueAt(summary['n-samples'], task);
  const original = toScore(object(count).original);
  const effective = toScore(object(count).effective);
  return original === null || effective === null ? null : { original, effective };
}

/** `lm_eval_version`, `model_name`. */
export function provenance(summary: JsonObject): { version: string | null; model: string | null } {
  return {
    version: text(summary.lm_eval_version),
    model: text(summary.model_name) ?? text(object(summary.config).model),
  };
}

function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
